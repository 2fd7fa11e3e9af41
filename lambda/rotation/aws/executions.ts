import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import { awsCall } from './call.ts';

/** Whether an execution of the state machine is running; one that is forgotten is not. */
export async function isRunning(client: SFNClient, executionArn: string, abortSignal: AbortSignal): Promise<boolean> {
  const answer = client
    .send(new DescribeExecutionCommand({ executionArn }), { abortSignal })
    .catch((error: unknown) => {
      if (error instanceof ExecutionDoesNotExist) return { status: undefined };
      throw error;
    });
  return (await awsCall('states:DescribeExecution', answer)).status === 'RUNNING';
}
