import { readStackStatus } from '../../aws/stack.ts';
import { awsCall } from './aws-call.ts';
import type { Connections } from './connections.ts';

/**
 * The status of a stack, such as `UPDATE_IN_PROGRESS`.
 *
 * @throws Refusal `aws-call-failed`
 */
export async function stackStatusOf(stackArn: string, { cloudformation, abortSignal }: Connections): Promise<string> {
  return awsCall('cloudformation:DescribeStacks', readStackStatus(cloudformation, stackArn, abortSignal));
}
