import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { StackFailure } from '../contract/revision.ts';
import { errorName } from '../contract/safe-error.ts';

/** CloudFormation deletes the record of a stack 90 days after its deletion. */
const FORGOTTEN = 'DELETE_COMPLETE';

/**
 * The status of a stack, such as `UPDATE_IN_PROGRESS`; `DELETE_COMPLETE` for one that does not exist.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 *
 * @param stack - its name or ARN
 * @throws the error of the SDK when the call failed; do not show its message (see `errorName`)
 */
export async function readStackStatus(
  cloudformation: CloudFormationClient,
  stack: string,
  abortSignal: AbortSignal,
): Promise<string> {
  return (await readStackState(cloudformation, stack, abortSignal)).status;
}

/** The status of a stack, as {@link readStackStatus}, and whether its deletion is protected. */
export async function readStackState(
  cloudformation: CloudFormationClient,
  stack: string,
  abortSignal: AbortSignal,
): Promise<{ readonly status: string; readonly isProtected: boolean }> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: stack }), { abortSignal });
    const { StackStatus: status = FORGOTTEN, EnableTerminationProtection: isProtected = false } = Stacks[0] ?? {};
    return { status, isProtected };
  } catch (error) {
    // CloudFormation's error for a stack that does not exist.
    if (errorName(error) === 'ValidationError') return { status: FORGOTTEN, isProtected: false };
    throw error;
  }
}

/** Whether a stack with this status is rolling back or being deleted. */
export function goesBack(status: string): boolean {
  return status.includes('ROLLBACK') || status.startsWith('DELETE');
}

/** Whether no operation is in progress on a stack with this status. */
export function isOver(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS');
}

/** What CloudFormation writes around the reason of a custom resource. */
const WRAPPING =
  /^Received response status \[FAILED\] from custom resource\. Message returned: | \(RequestId: [\w-]+\)$/g;

/** The reason of resources that were cancelled because another one failed. */
const CANCELLED = /^Resource (?:creation|update|deletion) cancelled/i;

const MAX_REASON_LENGTH = 1_000;

/** The reason of an event on one line, without the text that CloudFormation adds to that of a custom resource. */
export function plainReason(reason: string): string {
  return reason
    .replace(WRAPPING, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** Whether a resource failed itself, and was not cancelled because another one did. */
export function isCause(status: string, reason: string): boolean {
  return /^(CREATE|UPDATE|DELETE)_FAILED$/.test(status) && !CANCELLED.test(reason);
}

/** Whether an event is about the stack itself. */
export function isOfStack({ StackId, PhysicalResourceId }: StackEvent): boolean {
  return StackId !== undefined && PhysicalResourceId === StackId;
}

/**
 * Reads from CloudFormation why a change of a stack failed; events are kept for 90 days. Their reasons are visible to everyone who may
 * describe the stack, and no template of this project contains a secret.
 *
 * @param before - a time (ISO 8601) during the change; left out: the last one
 * @returns the first failure; `undefined` when there was none, or its events are gone
 * @throws the error of the SDK when the call failed
 */
export async function readStackFailure(
  client: CloudFormationClient,
  stackArn: string,
  { before, abortSignal }: { readonly before?: string; readonly abortSignal?: AbortSignal },
): Promise<StackFailure | undefined> {
  const time = before === undefined ? Number.POSITIVE_INFINITY : Date.parse(before);
  const options = abortSignal === undefined ? [] : [{ abortSignal }];
  let events: StackEvent[] = [];
  // Newest first: from the end of a change to its beginning.
  for await (const { StackEvents = [] } of paginateDescribeStackEvents(
    { client },
    { StackName: stackArn },
    ...options,
  )) {
    for (const event of StackEvents) {
      const begins = isOfStack(event) && /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/.test(event.ResourceStatus ?? '');
      if (!begins) events.push(event);
      else if ((event.Timestamp?.getTime() ?? 0) <= time) return failureIn(events);
      else events = [];
    }
  }
  return undefined;
}

function failureIn(newestFirst: readonly StackEvent[]): StackFailure | undefined {
  const failed = newestFirst.findLast(
    (event) => !isOfStack(event) && isCause(event.ResourceStatus ?? '', event.ResourceStatusReason ?? ''),
  );
  const taken = newestFirst.findLast((event) => isOfStack(event) && goesBack(event.ResourceStatus ?? ''));
  const { LogicalResourceId = '', ResourceType = '', ResourceStatusReason } = failed ?? taken ?? {};
  if (!ResourceStatusReason) return undefined;
  const reason = plainReason(ResourceStatusReason).slice(0, MAX_REASON_LENGTH);
  return { resource: LogicalResourceId, type: ResourceType, reason };
}

/** Such as `McpService (AWS::ECS::Service): no capacity.`: a sentence. */
export function stackFailureText({ resource, type, reason }: StackFailure): string {
  return `${resource} (${type}): ${reason}`.replace(/[.\s]*$/, '.');
}
