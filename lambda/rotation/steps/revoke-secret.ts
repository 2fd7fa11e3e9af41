import type { RotationRecord } from '../../../contract/rotation.ts';
import { contentOf, holds, readParameters, requireNotOlder, type Secrets } from '../parameter-state.ts';
import { confirm, foreignWrite, reconcile, restore, secondsUntilShown } from '../reconcile.ts';
import { iso, keyNames, move, type Run, rest, type Step, save, wait } from '../run.ts';
import { findTasksAcceptingRetired, newSecret, retry, rollAll } from './common.ts';

/** Time after which reads return a write. */
const WRITTEN_SECONDS = 3;

/**
 * Records that every key so far is revoked, and fences off any other execution.
 *
 * @param why - shown to people
 */
export async function beginRevocation(run: Run, why: string): Promise<Step> {
  const { ports, call } = run;
  await confirm(run);
  const { record } = run;
  const found = await readParameters(ports.parameters, keyNames(record));
  const { signing } = found;
  const { secret, keySet } = found.seen;
  requireNotOlder(secret, record.seen?.secret);
  requireNotOlder(keySet, record.seen?.keySet);
  const own = record.before === undefined ? [record.intended] : [record.intended, record.before];
  const before = own.find((content) => holds(found, content));
  // A foreign value that was removed again is reported here; one that is still there, when it is overwritten.
  const what = before && (await foreignWrite(run, found, own));
  if (what !== undefined) ports.report({ kind: 'repaired', message: what });
  const known = keyNames(record);
  const revoked = record.revoked?.thumbprints ?? known.map(({ thumbprint }) => thumbprint);
  const next = await newSecret(ports.now());
  // While the old secret is still stored, starting tasks must find it in the set.
  const signs = known.find(({ thumbprint }) => thumbprint === signing);
  await move(
    run,
    {
      phase: 'revokeSecret',
      direction: 'forward',
      execution: call.execution,
      ...(signs && { current: signs }),
      next: next.name,
      intended: signs
        ? contentOf(signs.thumbprint, [signs.thumbprint, next.name.thumbprint])
        : contentOf(next.name.thumbprint, [next.name.thumbprint]),
      // A foreign value is detected at once, and reported.
      before,
      seen: before && secret && keySet && { secret, keySet },
      grace: undefined,
      goOnWith: undefined,
      stopped: undefined,
      fromParameter: undefined,
      backBecause: undefined,
      revoked: {
        thumbprints: revoked,
        keyIds: record.revoked?.keyIds ?? known.map(({ keyId }) => keyId),
        since: record.revoked?.since ?? iso(ports.now()),
      },
    },
    `${why} Each task now starts to refuse every token signed so far.`,
  );
  return revokeSecret(run, next.secrets);
}

/**
 * revokeSecret: the emergency. Adds a new key, signs with it and removes every other key, in three writes without a pause, then
 * redeploys both services. The set always contains the signing secret, so that tasks can start. It waits for no lock and cannot go
 * back.
 *
 * @param fresh - the new secret, in the call that created it
 */
export async function revokeSecret(run: Run, fresh?: Secrets): Promise<Step> {
  const { ports } = run;
  const reconciled = await reconcile(run, fresh);
  if (reconciled.kind === 'foreign') return putBack(run, reconciled.what, fresh);
  if (reconciled.kind === 'lost') return beginAnew(run);
  const { found } = reconciled;
  const { intended, next, current, revoked } = run.record;
  if (next === undefined || revoked === undefined) throw new Error('A revocation without its keys.');
  const last = contentOf(next.thumbprint, [next.thumbprint]);
  if (!holds(found, last)) {
    const signs = contentOf(next.thumbprint, [current.thumbprint, next.thumbprint]);
    await save(run, { before: intended, intended: intended.signing === next.thumbprint ? last : signs });
    return revokeSecret(run);
  }
  const state = await rollAll(run, ['mcp', 'catalog'], found);
  if (state.state === 'under-way') return wait(run, state.seconds, 'Both services get the new secret.');
  if (state.state === 'failed') return retry(run, state.reason);
  const refused = await countOnce(run, revoked);
  const retired = revoked.thumbprints.map((thumbprint, index) => ({ thumbprint, keyId: revoked.keyIds[index] ?? '' }));
  const problems = [...(await ports.runCanary()), ...(await findTasksAcceptingRetired(run, retired))];
  if (problems.length > 0) return retry(run, `The revoked secret may still be accepted: ${problems.join(' | ')}`);
  const message = `${next.keyId} signs; ${revoked.keyIds.join(', ')} no longer accepted. Refused meanwhile: ${refused}.`;
  return rest(run, 'revoked', message, { current: next, signingSince: next.since });
}

/** Counts before the tests, which cause refusals themselves. */
async function countOnce(run: Run, revoked: NonNullable<RotationRecord['revoked']>): Promise<string> {
  if (revoked.refused !== undefined) return revoked.refused;
  const refused = await run.ports.countRefused(Date.parse(revoked.since));
  await save(run, { revoked: { ...revoked, refused } });
  return refused;
}

/** The new secret was lost with the call that created it, unless it was written and is not visible yet. */
async function beginAnew(run: Run): Promise<Step> {
  const early = secondsUntilShown(run);
  if (early > 0) return wait(run, early, 'The new secret is not visible yet.');
  return beginRevocation(run, 'The new secret was lost before it was written.');
}

/** A person overwrote what is being replaced; that does not stop the revocation. */
async function putBack(run: Run, what: string, fresh: Secrets | undefined): Promise<Step> {
  run.ports.report({ kind: 'repaired', message: what });
  const lost = await restore(run, await readParameters(run.ports.parameters, keyNames(run.record)), fresh);
  if (lost.length > 0) return beginAnew(run);
  await save(run, { before: undefined, seen: undefined });
  // Not at once: Parameter Store may return a value from before the write.
  return wait(run, WRITTEN_SECONDS, 'The last good values were written back.');
}
