import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { errorName } from './safe-error.ts';

/** What CloudFormation forgot (a stack that was deleted more than 90 days ago). */
const FORGOTTEN = 'DELETE_COMPLETE';

/**
 * The status of a stack, such as `UPDATE_IN_PROGRESS`; `DELETE_COMPLETE` for one that does not exist.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 *
 * @param stack - its name or ARN
 * @throws the error of the SDK when CloudFormation could not be asked; its message is not to be shown (see `errorName`)
 */
export async function readStackStatus(
  cloudformation: CloudFormationClient,
  stack: string,
  abortSignal: AbortSignal,
): Promise<string> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: stack }), { abortSignal });
    return Stacks[0]?.StackStatus ?? FORGOTTEN;
  } catch (error) {
    // This is how CloudFormation says that a stack does not exist.
    if (errorName(error) === 'ValidationError') return FORGOTTEN;
    throw error;
  }
}

/** Whether a stack with this status goes back to what it was, or away. */
export function goesBack(status: string): boolean {
  return status.includes('ROLLBACK') || status.startsWith('DELETE');
}

/** Whether nothing changes a stack with this status. */
export function isOver(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS');
}
