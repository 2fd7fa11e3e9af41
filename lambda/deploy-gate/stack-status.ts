import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { errorName } from '../shared/safe-error.ts';
import { awsCall } from './aws-call.ts';
import type { Connections } from './connections.ts';

/** What CloudFormation forgot (a stack that was deleted more than 90 days ago). */
const FORGOTTEN = 'DELETE_COMPLETE';

/**
 * The status of a stack, such as `UPDATE_IN_PROGRESS`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 *
 * @throws Refusal `aws-call-failed`
 */
export async function readStackStatus(stackArn: string, { cloudformation, abortSignal }: Connections): Promise<string> {
  const answer = cloudformation
    .send(new DescribeStacksCommand({ StackName: stackArn }), { abortSignal })
    .catch((error: unknown) => {
      // This is how CloudFormation says that a stack does not exist.
      if (errorName(error) === 'ValidationError') return { Stacks: [] };
      throw error;
    });
  const { Stacks = [] } = await awsCall('cloudformation:DescribeStacks', answer);
  return Stacks[0]?.StackStatus ?? FORGOTTEN;
}

/** Whether a stack with this status goes back to what it was, or away. */
export function goesBack(status: string): boolean {
  return status.includes('ROLLBACK') || status.startsWith('DELETE');
}

/** Whether nothing changes a stack with this status. */
export function isOver(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS');
}
