import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { isOver, readStackStatus } from '../../aws/stack.ts';
import { quiltctl } from '../../contract/command-line.ts';
import { RECORD_KEY, RESTING_PHASES } from '../../contract/rotation.ts';
import { log } from '../shared/log.ts';
import { awsCall, heldWhen, Refusal } from './refusal.ts';
import type { Connections } from './settings.ts';

/** The one item that says who changes services or secrets now. */
const KEY = { pk: { S: 'lock' }, sk: { S: '-' } };

type Holder = { readonly owner: string; readonly kind: string; readonly takenAt: string };

type Condition = {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, { S: string }>;
};

function putLock({ dynamodb, settings, abortSignal }: Connections, owner: string, condition: Condition) {
  const Item = { ...KEY, owner: { S: owner }, kind: { S: 'deploy' }, takenAt: { S: new Date().toISOString() } };
  const command = new PutItemCommand({ TableName: settings.stateTable, Item, ...condition });
  return heldWhen('dynamodb:PutItem', dynamodb.send(command, { abortSignal }));
}

async function readHolder({ dynamodb, settings, abortSignal }: Connections): Promise<Holder | undefined> {
  const command = new GetItemCommand({ TableName: settings.stateTable, Key: KEY, ConsistentRead: true });
  const { Item } = await awsCall('dynamodb:GetItem', dynamodb.send(command, { abortSignal }));
  if (Item === undefined) return undefined;
  return { owner: Item.owner?.S ?? '', kind: Item.kind?.S ?? '', takenAt: Item.takenAt?.S ?? '' };
}

/**
 * A deploy whose stack is not being changed any more will never release its lock, nor will a rotation whose execution does not
 * run. Holders of a kind that is not known here live.
 */
async function isDead({ kind, owner }: Holder, connections: Connections): Promise<boolean> {
  switch (kind) {
    case 'deploy':
      return isOver(await stackStatusOf(owner, connections));
    case 'rotation':
      return !(await isRunning(owner, connections));
    default:
      return false;
  }
}

function heldBy({ owner, kind, takenAt }: Holder, connections: Connections): Refusal {
  const [what, remedy] =
    kind === 'rotation'
      ? ['A rotation of the secret', waitForRotation(connections)]
      : ['Another deploy', 'Wait until it has ended, then deploy again.'];
  return new Refusal('lock-held', `${what} holds the deploy lock since ${takenAt}: ${owner}. ${remedy}`);
}

/**
 * Takes the deploy lock for a stack. Its own lock is taken over (an earlier delivery of the event, or a deploy that died),
 * and so is that of a deploy whose stack is not being changed any more, or of a rotation whose execution does not run.
 *
 * @param stackArn - the owner
 * @throws Refusal `lock-held` naming the holder
 */
export async function takeLock(stackArn: string, connections: Connections): Promise<void> {
  const free = await putLock(connections, stackArn, {
    ConditionExpression: 'attribute_not_exists(pk) OR #owner = :me',
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: { ':me': { S: stackArn } },
  });
  if (free) return;
  const holder = await readHolder(connections);
  if (holder !== undefined && !(await isDead(holder, connections))) throw heldBy(holder, connections);
  const taken = await putLock(connections, stackArn, takeOver(holder));
  if (!taken) {
    throw heldBy((await readHolder(connections)) ?? { owner: 'unknown', kind: 'deploy', takenAt: 'now' }, connections);
  }
  if (holder !== undefined)
    log('info', 'lock of a dead owner taken over', { kind: holder.kind, owner: holder.owner, takenAt: holder.takenAt });
}

/** Only from the very holder that was looked at: two deploys may have found the same dead one. */
function takeOver(holder: Holder | undefined): Condition {
  if (holder === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#owner = :owner AND takenAt = :takenAt',
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: { ':owner': { S: holder.owner }, ':takenAt': { S: holder.takenAt } },
  };
}

/** Releases the lock if the stack holds it; that of another owner stays. */
export async function releaseLock(stackArn: string, { dynamodb, settings, abortSignal }: Connections): Promise<void> {
  const command = new DeleteItemCommand({
    TableName: settings.stateTable,
    Key: KEY,
    ConditionExpression: '#owner = :me',
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: { ':me': { S: stackArn } },
  });
  await heldWhen('dynamodb:DeleteItem', dynamodb.send(command, { abortSignal }));
}

/** What to do while a rotation is under way, for the end of a reason. */
function waitForRotation({ settings }: Connections): string {
  const watch = quiltctl('rotate --watch', settings.environment);
  return `\`${watch}\` shows where it is. Wait until it is in its grace time or has ended, then deploy again.`;
}

/**
 * Whether an execution of the rotation's state machine is running. One that ended, or that Step Functions has forgotten, does
 * nothing any more, whatever it has left behind.
 *
 * @throws Refusal `aws-call-failed`: nobody knows, so that it may be running
 */
async function isRunning(executionArn: string, { sfn, abortSignal }: Connections): Promise<boolean> {
  const answer = sfn.send(new DescribeExecutionCommand({ executionArn }), { abortSignal }).catch((error: unknown) => {
    if (error instanceof ExecutionDoesNotExist) return { status: undefined };
    throw error;
  });
  const { status } = await awsCall('states:DescribeExecution', answer);
  return status === 'RUNNING';
}

/**
 * Demands that nobody carries out a step of a rotation: it counts the tasks that it rolls, and a deploy would start others. A
 * phase that is not known here is a step. One that stopped, or whose execution died, is no obstacle: the deploy may be its cure,
 * and tasks start with whatever the parameters hold.
 *
 * @throws Refusal `rotation-in-step`
 */
export async function requireNoRotationStep(connections: Connections): Promise<void> {
  const { dynamodb, settings, abortSignal } = connections;
  const command = new GetItemCommand({
    TableName: settings.stateTable,
    Key: { pk: { S: RECORD_KEY.pk }, sk: { S: RECORD_KEY.sk } },
    ConsistentRead: true,
  });
  const { Item } = await awsCall('dynamodb:GetItem', dynamodb.send(command, { abortSignal }));
  if (Item === undefined) return;
  const [phase, execution] = [Item.phase?.S ?? 'unknown', Item.execution?.S ?? ''];
  if (RESTING_PHASES.some((resting) => resting === phase) || execution === '') return;
  if (!(await isRunning(execution, connections))) return;
  throw new Refusal(
    'rotation-in-step',
    `The secret is being rotated (phase ${phase}). ${waitForRotation(connections)}`,
  );
}

/**
 * The status of a stack, such as `UPDATE_IN_PROGRESS`.
 *
 * @throws Refusal `aws-call-failed`
 */
export async function stackStatusOf(stackArn: string, { cloudformation, abortSignal }: Connections): Promise<string> {
  return awsCall('cloudformation:DescribeStacks', readStackStatus(cloudformation, stackArn, abortSignal));
}
