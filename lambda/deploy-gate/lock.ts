import { isRunning } from '../../aws/execution.ts';
import { isOver, readStackStatus } from '../../aws/stack.ts';
import {
  type LockHolder,
  readLock,
  readStateItem,
  releaseLock as release,
  takeLock as take,
} from '../../aws/state-table.ts';
import { quiltctl } from '../../contract/command-line.ts';
import { RECORD_KEY, RESTING_PHASES } from '../../contract/rotation.ts';
import { log } from '../shared/log.ts';
import { awsCall, Refusal } from './refusal.ts';
import { type Connections, stateTableOf } from './settings.ts';

/** @param executionArn - of the rotation's state machine */
function isAlive(executionArn: string, { sfn, abortSignal }: Connections): Promise<boolean> {
  return awsCall('states:DescribeExecution', isRunning(sfn, executionArn, abortSignal));
}

/**
 * A lock is stale if its holder can no longer release it: a deploy whose stack is not changing, or a rotation whose execution has
 * ended. Holders of an unknown kind are never stale.
 */
async function isStale({ kind, owner }: LockHolder, connections: Connections): Promise<boolean> {
  switch (kind) {
    case 'deploy':
      return isOver(await stackStatusOf(owner, connections));
    case 'rotation':
      return !(await isAlive(owner, connections));
    default:
      return false;
  }
}

function heldBy({ owner, kind, takenAt }: LockHolder, connections: Connections): Refusal {
  const [what, remedy] =
    kind === 'rotation'
      ? ['A rotation of the secret', waitForRotation(connections)]
      : ['Another deploy', 'Wait until it has ended, then deploy again.'];
  return new Refusal('lock-held', `${what} has held the deploy lock since ${takenAt}: ${owner}. ${remedy}`);
}

/**
 * Takes the deploy lock for a stack. It takes over the stack's own lock (from an earlier delivery of the event, or a deploy that
 * died) and stale ones.
 *
 * @param stackArn - the owner
 * @throws Refusal `lock-held` naming the holder
 */
export async function takeLock(stackArn: string, connections: Connections): Promise<void> {
  const table = stateTableOf(connections);
  const takeFrom = (holder: Parameters<typeof take>[2]) =>
    awsCall('dynamodb:PutItem', take(table, { owner: stackArn, kind: 'deploy' }, holder));
  if (await takeFrom('free-or-own')) return;
  const holder = await awsCall('dynamodb:GetItem', readLock(table));
  if (holder !== undefined && !(await isStale(holder, connections))) throw heldBy(holder, connections);
  if (!(await takeFrom(holder ?? 'free'))) {
    const other = await awsCall('dynamodb:GetItem', readLock(table));
    throw heldBy(other ?? { owner: 'unknown', kind: 'deploy', takenAt: 'now' }, connections);
  }
  if (holder !== undefined)
    log('info', 'stale lock taken over', { kind: holder.kind, owner: holder.owner, takenAt: holder.takenAt });
}

/** Releases the lock if the stack holds it. */
export async function releaseLock(stackArn: string, connections: Connections): Promise<void> {
  await awsCall('dynamodb:DeleteItem', release(stateTableOf(connections), stackArn));
}

/** What to do while a rotation is in progress, for the end of a reason. */
function waitForRotation({ settings }: Connections): string {
  const watch = quiltctl('rotate --watch', settings.environment);
  return `\`${watch}\` shows where it is. Wait until it is in its grace time or has ended, then deploy again.`;
}

/**
 * Requires that no step of a rotation is in progress: the step counts the tasks that it replaces, and a deploy would start others. An
 * unknown phase counts as a step. A rotation that stopped, or whose execution died, is no obstacle: the deploy may fix it, and tasks
 * start with whatever the parameters hold.
 *
 * @throws Refusal `rotation-in-step`
 */
export async function requireNoRotationStep(connections: Connections): Promise<void> {
  const Item = await awsCall('dynamodb:GetItem', readStateItem(stateTableOf(connections), RECORD_KEY));
  if (Item === undefined) return;
  const [phase, execution] = [Item.phase?.S ?? 'unknown', Item.execution?.S ?? ''];
  if (RESTING_PHASES.some((resting) => resting === phase) || execution === '') return;
  if (!(await isAlive(execution, connections))) return;
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
