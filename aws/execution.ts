import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionDoesNotExist,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/**
 * Asks Step Functions about an execution. One that was started a moment ago may not be visible yet; one that ended more than 90 days
 * ago is forgotten.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
 *
 * @returns `undefined` when Step Functions knows no such execution
 * @throws every other error of the SDK; its message is not to be shown (see `errorName`)
 */
export async function describeExecution(
  sfn: SFNClient,
  executionArn: string,
  abortSignal?: AbortSignal,
): Promise<DescribeExecutionOutput | undefined> {
  try {
    const command = new DescribeExecutionCommand({ executionArn });
    return await sfn.send(command, { ...(abortSignal && { abortSignal }) });
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

/**
 * Whether an execution is running. One that ended, or that Step Functions has forgotten, does nothing any more, whatever it left
 * behind.
 *
 * @throws the error of the SDK: then it may be running
 */
export async function isRunning(sfn: SFNClient, executionArn: string, abortSignal: AbortSignal): Promise<boolean> {
  return (await describeExecution(sfn, executionArn, abortSignal))?.status === 'RUNNING';
}
