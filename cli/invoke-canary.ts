import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { CanaryReport } from '../lambda/canary/report.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/**
 * Runs the deployed canary and returns its report.
 *
 * The function mints its token itself: no secret and no token reaches the machine of whoever asks.
 *
 * @param functionName - the canary function of the environment
 * @throws CommandError (4) when the function cannot be reached or did not answer with a report
 */
export async function invokeCanary(lambda: LambdaClient, functionName: string): Promise<CanaryReport> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: functionName })).catch((error: Error) => {
    throw new CommandError(
      `The canary function ${functionName} cannot be invoked: ${error.message}. ` +
        'Is the environment deployed, and are your AWS credentials for its account and Region?',
      EXIT.unreachable,
    );
  });
  const payload = Buffer.from(answer.Payload ?? []).toString('utf8');
  if (answer.FunctionError) {
    throw new CommandError(
      `The canary function ${functionName} ended with an error and no report: ${errorMessage(payload)}`,
      EXIT.unreachable,
    );
  }
  return JSON.parse(payload);
}

function errorMessage(payload: string): string {
  try {
    return String(JSON.parse(payload).errorMessage);
  } catch {
    return 'its log group has more.';
  }
}
