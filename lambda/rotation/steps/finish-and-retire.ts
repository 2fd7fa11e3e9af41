import { contentOf } from '../parameter-state.ts';
import { reconcile } from '../reconcile.ts';
import { iso, keyIdOf, move, type Run, rest, type Step, wait } from '../run.ts';
import { findTasksAcceptingRetired, needLock, retry, rollAll } from './common.ts';
import { goBack, graceSeconds } from './go-back.ts';
import { beginRepair, needStepLock } from './repair.ts';

/**
 * finishSecret: the only commit point. The catalog signs with the next secret or, on the way back, with the old one again; MCP
 * accepts both throughout. When the last older catalog task has stopped, the grace time begins.
 */
export async function finishSecret(run: Run): Promise<Step> {
  const busy = await needStepLock(run);
  if (busy) return busy;
  const reconciled = await reconcile(run);
  if (reconciled.kind === 'foreign') return beginRepair(run, reconciled.what);
  if (reconciled.kind === 'lost') return beginRepair(run, 'A secret of the set was lost.');

  const { direction } = run.record;
  const state = await rollAll(run, ['catalog'], reconciled.found);
  if (state.state === 'under-way') return wait(run, state.seconds, 'Catalog tasks are being replaced.');
  if (direction === 'back') {
    if (state.state === 'failed') return retry(run, `${state.reason} Both keys stay accepted.`);
    return beginGrace(run);
  }
  if (state.state === 'failed') return goBack(run, state.reason);
  const red = await run.ports.runCanary();
  if (red.length > 0) return goBack(run, `The canary is red after the next secret signs: ${red.join(' | ')}`);
  return beginGrace(run);
}

async function beginGrace(run: Run): Promise<Step> {
  const grace = { since: iso(run.ports.now()), seconds: await graceSeconds(run) };
  return move(run, { phase: 'grace', grace }, `The grace time of ${grace.seconds} s begins: deploys are free.`);
}

/** The grace time: nothing is written until the last token of the key to remove has expired. Deploys are allowed. */
export async function grace(run: Run): Promise<Step> {
  const { ports, call } = run;
  const reconciled = await reconcile(run);
  if (reconciled.kind !== 'reconciled') {
    return beginRepair(run, reconciled.kind === 'foreign' ? reconciled.what : 'A secret of the set was lost.');
  }
  const { direction, current, next, intended, grace } = run.record;
  if (grace === undefined || next === undefined) throw new Error('A grace time without a beginning or without a key.');
  const left = (Date.parse(grace.since) - ports.now()) / 1000 + grace.seconds;
  if (left > 0) {
    await ports.lock.release(call.execution);
    return wait(run, left, 'Tokens of the retired key are still valid.');
  }
  const busy = await needLock(run);
  if (busy) return busy;
  const stays = direction === 'forward' ? next.thumbprint : current.thumbprint;
  const goes = direction === 'forward' ? current.thumbprint : next.thumbprint;
  return move(
    run,
    {
      phase: direction === 'forward' ? 'retireSecret' : 'createSecret',
      before: intended,
      intended: contentOf(stays, [stays]),
    },
    `The grace time is over: ${keyIdOf(run.record, goes)} is taken out of the set.`,
  );
}

/**
 * retireSecret: removes the old key and has both services forget it, MCP first; the catalog too, since its tasks have the set in their
 * environment. It cannot go back: failures are retried.
 */
export async function retireSecret(run: Run): Promise<Step> {
  const busy = await needStepLock(run);
  if (busy) return busy;
  const reconciled = await reconcile(run);
  if (reconciled.kind === 'foreign') return beginRepair(run, reconciled.what);
  if (reconciled.kind === 'lost') return beginRepair(run, 'A secret of the set was lost.');

  const state = await rollAll(run, ['mcp', 'catalog'], reconciled.found);
  if (state.state === 'under-way') return wait(run, state.seconds, 'Tasks of both services are being replaced.');
  if (state.state === 'failed') return retry(run, state.reason);

  const { current, next } = run.record;
  if (next === undefined) throw new Error('retireSecret without a next key.');
  const problems = [...(await run.ports.runCanary()), ...(await findTasksAcceptingRetired(run, [current]))];
  if (problems.length > 0) return retry(run, `The retired secret may still be accepted: ${problems.join(' | ')}`);
  return rest(run, 'rotated', `${next.keyId} signs; ${current.keyId} is no longer accepted.`, {
    current: next,
    signingSince: run.record.committedAt ?? run.record.phaseSince,
  });
}
