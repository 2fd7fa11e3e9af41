import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  paginateDescribeStackEvents,
  type StackEvent as SdkStackEvent,
} from '@aws-sdk/client-cloudformation';
import { isCause, isOfStack, plainReason } from '../../aws/stack.ts';
import { errorName } from '../../contract/safe-error.ts';
import { awsFailure } from '../aws-failure.ts';

const REASON_SHOWN = 240;

/** An event of the stack or of one of its resources. */
export interface StackEvent {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly resource: string;
  readonly type: string;
  /** Such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly reason: string;
  /** Whether it is about the stack itself. */
  readonly ofStack: boolean;
}

/**
 * The events after a given one, oldest first.
 *
 * @param since - ID of the event; everything when there is none
 * @throws CommandError (3) when AWS refuses the caller, (4) when CloudFormation cannot be asked
 */
export async function eventsSince(
  client: CloudFormationClient,
  stackArn: string,
  since: string | undefined,
): Promise<readonly StackEvent[]> {
  try {
    return await readEvents(client, stackArn, since);
  } catch (error) {
    throw awsFailure('Could not read the stack events', error);
  }
}

/** Oldest first. Throws what the SDK throws. */
async function readEvents(
  client: CloudFormationClient,
  stack: string,
  since: string | undefined,
): Promise<readonly StackEvent[]> {
  const found: StackEvent[] = [];
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: stack })) {
    for (const event of StackEvents) {
      if (event.EventId === since) return found.reverse();
      found.push(stackEventOf(event));
    }
  }
  return found.reverse();
}

function stackEventOf(event: SdkStackEvent): StackEvent {
  const { EventId, Timestamp, LogicalResourceId, ResourceType, ResourceStatus } = event;
  return {
    id: EventId ?? '',
    at: (Timestamp ?? new Date(0)).toISOString(),
    resource: LogicalResourceId ?? '',
    type: ResourceType ?? '',
    status: ResourceStatus ?? '',
    reason: plainReason(event.ResourceStatusReason ?? ''),
    ofStack: isOfStack(event),
  };
}

/** An event for people, on one line; long reasons are cut, the record has them in full. */
export function eventLine({ at, resource, status, reason }: StackEvent): string {
  const shown = reason.length > REASON_SHOWN ? `${reason.slice(0, REASON_SHOWN)} …` : reason;
  return [`${at.slice(0, 19)}Z`, resource, status, shown].filter(Boolean).join('  ');
}

/**
 * The final status of the stack; `undefined` while the operation is in progress.
 *
 * @param events - oldest first, all of one operation
 */
export function endOf(events: readonly StackEvent[]): string | undefined {
  const last = events.findLast(({ ofStack }) => ofStack)?.status;
  return last === undefined || last.endsWith('_IN_PROGRESS') ? undefined : last;
}

/** The first failure; later ones are its consequences. */
export function firstFailure(events: readonly StackEvent[]): StackEvent | undefined {
  return events.find(({ ofStack, status, reason }) => !ofStack && isCause(status, reason));
}

/**
 * The ID of the newest event of a stack, to tell later events apart without comparing clocks.
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
    const events = await readEvents(client, stack, since);
    const refusal = events.findLast(
      ({ type, status }) => type === 'Custom::DeployGate' && (status === 'CREATE_FAILED' || status === 'UPDATE_FAILED'),
    );
    return refusal && (refusal.reason || 'without a reason');
  } catch (error) {
    // This is how CloudFormation says that a stack does not exist: nobody has asked the gate.
    if (errorName(error) === 'ValidationError') return undefined;
    throw error;
  }
}
