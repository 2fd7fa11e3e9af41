import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { CanaryReport } from '../contract/canary-report.ts';
import { awsFailure } from './aws-failure.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/**
 * Runs the deployed canary and returns its report.
 *
 * The function mints its token itself: no secret and no token reaches the machine of whoever asks.
 *
 * @param functionArn - the canary function of the environment: with its account, so that credentials of another one are
 *   refused rather than answered by that account's canary
 * @throws CommandError (3) when AWS refuses the caller, (4) when the function is not there or answers without a report
 */
export async function invokeCanary(lambda: LambdaClient, functionArn: string): Promise<CanaryReport> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: functionArn })).catch((error: unknown) => {
    throw awsFailure(`The canary function ${functionArn} cannot be invoked`, error);
  });
  const payload = parse(Buffer.from(answer.Payload ?? []).toString('utf8'));
  if (answer.FunctionError === undefined && isReport(payload)) return payload;
  const { errorMessage = 'its log group has more' } = (payload ?? {}) as { errorMessage?: string };
  throw new CommandError(
    `The canary function ${functionArn} ended without a report: ${errorMessage}.`,
    EXIT.unreachable,
  );
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function isReport(payload: unknown): payload is CanaryReport {
  return typeof payload === 'object' && payload !== null && 'verdict' in payload && 'checks' in payload;
}
