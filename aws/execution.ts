import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionDoesNotExist,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/**
 * Reads an execution from Step Functions. An execution that just started may not be visible yet; executions are deleted 90 days after
 * their end.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
 *
 * @returns `undefined` when the execution does not exist
 * @throws every other error of the SDK; do not show its message (see `errorName`)
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
 * Whether an execution is running. One that ended, or was deleted, will do nothing more, whatever it left behind.
 *
 * @throws the error of the SDK: then it may be running
 */
export async function isRunning(sfn: SFNClient, executionArn: string, abortSignal: AbortSignal): Promise<boolean> {
  return (await describeExecution(sfn, executionArn, abortSignal))?.status === 'RUNNING';
}
