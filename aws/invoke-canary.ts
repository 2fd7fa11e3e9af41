import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Trigger } from '../contract/canary-report.ts';

/** The response of the canary function. */
export type CanaryAnswer = {
  /** Whether the function ended with an error, without a report. */
  readonly failed: boolean;
  /** The parsed response, unchecked; `undefined` when it is not JSON. */
  readonly payload: unknown;
};

/**
 * Runs the canary function and waits for its response.
 *
 * @param request - without one it runs as for a person
 * @throws the error of the SDK; its message is not to be shown (see `errorName`)
 */
export async function invokeCanary(
  lambda: LambdaClient,
  functionName: string,
  request?: { readonly trigger: Trigger; readonly settling?: boolean },
  abortSignal?: AbortSignal,
): Promise<CanaryAnswer> {
  const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) });
  const { FunctionError, Payload } = await lambda.send(command, { ...(abortSignal && { abortSignal }) });
  return { failed: FunctionError !== undefined, payload: parse(Buffer.from(Payload ?? []).toString('utf8')) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
