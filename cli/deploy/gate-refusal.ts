import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  paginateDescribeStackEvents,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { plainReason } from '../../aws/stack.ts';
import { errorName } from '../../contract/safe-error.ts';

/**
 * The newest event of a stack, to know later which ones are new: clocks may differ.
 *
 * @returns `undefined` when there is no stack
 */
export async function newestEventId(cloudformation: CloudFormationClient, stack: string): Promise<string | undefined> {
  const command = new DescribeStackEventsCommand({ StackName: stack });
  const { StackEvents: [newest] = [] } = await cloudformation.send(command);
  return newest?.EventId;
}

/**
 * Why the deploy gate did not admit a deploy.
 *
 * @param since - the newest event before the deploy
 * @returns `undefined` when it was not asked, or has admitted it
 */
export async function gateRefusal(
  client: CloudFormationClient,
  stack: string,
  since: string | undefined,
): Promise<string | undefined> {
  try {
    for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: stack })) {
      for (const event of StackEvents) {
        if (event.EventId === since) return undefined;
        if (isRefusal(event)) return plainReason(event.ResourceStatusReason ?? 'without a reason');
      }
    }
  } catch (error) {
    // This is how CloudFormation says that a stack does not exist: nobody has asked the gate.
    if (errorName(error) !== 'ValidationError') throw error;
  }
  return undefined;
}

function isRefusal({ ResourceType, ResourceStatus }: StackEvent): boolean {
  const hasFailed = ResourceStatus === 'CREATE_FAILED' || ResourceStatus === 'UPDATE_FAILED';
  return ResourceType === 'Custom::DeployGate' && hasFailed;
}
