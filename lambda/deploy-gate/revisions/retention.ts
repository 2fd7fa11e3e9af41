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

/** Limits the delay of the response; the next deploy continues with the rest. */
const RETENTION_MS = 20_000;
const MAX_AT_ONCE = 50;

/** The maximum token lifetime, and an hour for clock differences and tasks that take long to stop. */
const TOKENS_LIVE_MS = (MAX_LIFETIME_SECONDS + 3_600) * 1_000;

type Remembered = Passed & Pick<Revision, 'closedAt'>;

/**
 * The revisions that are no longer needed. Beside the newest ones, these are kept:
 * - the current one, the one that a rollback would restore, and the rollbacks in between;
 * - all whose tokens may still be valid: a rotation reads the token lifetime from their records. They are those since the newest
 *   deploy that replaced everything before it so long ago that all tokens of those have expired.
 *
 * @param revisions - newest first
 * @param keep - minimum number to keep
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
 * Removes the record and the template of a revision, in an order in which, wherever it ends, no record names a missing template and no
 * template is left without a record.
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

/** Removes revisions that are no longer needed. A failure is only logged: no deploy depends on it, and the next one retries. */
export function removeOldRevisions(connections: Connections): Promise<void> {
  return attempt('old revisions not removed', () => removeSuperfluous(withDeadline(RETENTION_MS, connections)));
}
