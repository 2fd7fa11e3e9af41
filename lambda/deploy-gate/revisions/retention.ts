import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { MAX_LIFETIME_SECONDS } from '../../../auth/claims.ts';
import { conditionalWrite } from '../../../aws/state-table.ts';
import { revisionTemplateKey } from '../../../contract/revision.ts';
import { type Passed, RollbackPath } from '../../../contract/rollback-path.ts';
import { log } from '../../shared/log.ts';
import { attempt, awsCall } from '../refusal.ts';
import { type Connections, withDeadline } from '../settings.ts';
import { keyOf, type Revision, readRevisions } from './revision.ts';

/** As long as an answer waits for it; the next deploy goes on with the rest. */
const RETENTION_MS = 20_000;
const MAX_AT_ONCE = 50;

/** The longest that a token lives, and an hour for clocks and for tasks that take their time to end. */
const TOKENS_LIVE_MS = (MAX_LIFETIME_SECONDS + 3_600) * 1_000;

type Remembered = Passed & Pick<Revision, 'closedAt'>;

/**
 * The revisions that are no longer needed. Beside the newest ones these stay:
 * - the one that the stack runs, and the one that a rollback goes back to, with the rollbacks on the way to it;
 * - all whose tokens may be alive: a rotation reads from the records how long those live. They are what was deployed since the
 *   newest one that replaced everything before it so long ago that no token of those is left.
 *
 * @param revisions - newest first
 * @param keep - how many stay at least
 * @param now - milliseconds since 1970
 */
export function superfluous<T extends Remembered>(revisions: readonly T[], keep: number, now: number): readonly T[] {
  const stood = revisions.filter(({ verdict }) => verdict === 'good' || verdict === 'unverified');
  const needed = neededForRollback(stood);
  const replacedAll = stood.find(({ closedAt = '' }) => Date.parse(closedAt) <= now - TOKENS_LIVE_MS);
  const oldestWithTokens = replacedAll?.number ?? 0;
  return revisions
    .slice(keep)
    .filter((revision) => revision.number < oldestWithTokens && !needed.includes(revision.number));
}

function neededForRollback([current, ...before]: readonly Remembered[]): readonly number[] {
  if (current === undefined) return [];
  const way = new RollbackPath(current);
  const target = before.find((revision) => way.leadsTo(revision));
  return [current.number, ...way.rollbacks, ...(target === undefined ? [] : [target.number])];
}

/**
 * Removes the record of a revision and its template, in an order in which no record names a template that is gone, and none is
 * left that no record leads to, wherever it ends.
 *
 * @param next - the number of the revision after it; those in between belong to deploys that died before their record
 */
async function remove(number: number, next: number, connections: Connections): Promise<void> {
  const { dynamodb, s3, settings, abortSignal } = connections;
  const item = { TableName: settings.stateTable, Key: keyOf(number) };
  const unlink = new UpdateItemCommand({
    ...item,
    UpdateExpression: 'REMOVE #template',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#template': 'template' },
  });
  if (!(await awsCall('dynamodb:UpdateItem', conditionalWrite(dynamodb.send(unlink, { abortSignal }))))) return;
  for (let template = number; template < next; template += 1) {
    const command = new DeleteObjectCommand({ Bucket: settings.revisionBucket, Key: revisionTemplateKey(template) });
    await awsCall('s3:DeleteObject', s3.send(command, { abortSignal }));
  }
  await awsCall('dynamodb:DeleteItem', dynamodb.send(new DeleteItemCommand(item), { abortSignal }));
}

async function removeSuperfluous(connections: Connections): Promise<void> {
  const revisions = await readRevisions(connections);
  const numbers = revisions.map(({ number }) => number).toReversed();
  const old = superfluous(revisions, connections.settings.keepRevisions, Date.now()).slice(-MAX_AT_ONCE).toReversed();
  for (const { number } of old) {
    const next = numbers[numbers.indexOf(number) + 1] ?? number + 1;
    await remove(number, next, connections);
  }
  if (old.length > 0) log('info', 'old revisions removed', { revisions: old.map(({ number }) => String(number)) });
}

/** Removes revisions that are no longer needed. A failure is logged only: no deploy depends on it, and the next one tries again. */
export function removeOldRevisions(connections: Connections): Promise<void> {
  return attempt('old revisions not removed', () => removeSuperfluous(withDeadline(RETENTION_MS, connections)));
}
