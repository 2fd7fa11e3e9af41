import { contentOf, readIncoming, type Secrets } from '../parameter-state.ts';
import { reconcile, secondsUntilShown } from '../reconcile.ts';
import { iso, keyIdOf, move, type Run, rest, type Step, save, wait } from '../run.ts';
import { newSecret, retry, rollAll } from './common.ts';
import { goBack } from './go-back.ts';
import { beginRepair, needStepLock } from './repair.ts';

/**
 * createSecret: adds the next key to the set and has every MCP task accept it. On the way back it removes the key again.
 *
 * @param fresh - the next secret, in the call that created it
 */
export async function createSecret(run: Run, fresh?: Secrets): Promise<Step> {
  const busy = await needStepLock(run);
  if (busy) return busy;
  const reconciled = await reconcile(run, fresh);
  if (reconciled.kind === 'foreign') return beginRepair(run, reconciled.what);
  if (reconciled.kind === 'lost') {
    const early = secondsUntilShown(run);
    return early > 0 ? wait(run, early, 'The next secret is not visible yet.') : replaceNext(run);
  }

  const { direction, backBecause, bothMaySign } = run.record;
  // On the way back, the person's value may never have been in the set: it is kept.
  if (direction === 'forward') await deleteIncoming(run);
  // If the next key may have signed, the catalog forgets it too: its tasks have the set in their environment.
  const services = direction === 'back' && bothMaySign ? (['mcp', 'catalog'] as const) : (['mcp'] as const);
  const state = await rollAll(run, services, reconciled.found);
  if (state.state === 'under-way') return wait(run, state.seconds, 'Tasks are being replaced.');
  if (direction === 'back') {
    if (state.state === 'failed') return retry(run, state.reason);
    return rest(run, wasAborted(run) ? 'aborted' : 'undone', `${backBecause} The previous state is restored.`);
  }
  if (state.state === 'failed') return goBack(run, state.reason);
  return move(run, { phase: 'testSecret' }, 'Every MCP task accepts both keys.');
}

/** The next secret was lost with the call that created it, before any use: another one replaces it. */
async function replaceNext(run: Run): Promise<Step> {
  const { ports, record } = run;
  const { current, fromParameter } = record;
  const left = fromParameter === undefined ? undefined : await readIncoming(ports, fromParameter, current);
  if (left?.refusal !== undefined) return goBack(run, left.refusal);
  const next = await newSecret(ports.now(), left?.secret);
  await save(run, {
    next: next.name,
    before: contentOf(current.thumbprint, [current.thumbprint]),
    intended: contentOf(current.thumbprint, [current.thumbprint, next.name.thumbprint]),
  });
  return createSecret(run, next.secrets);
}

/** Deletes the person's parameter: its value is now in the set. */
async function deleteIncoming(run: Run): Promise<void> {
  const { fromParameter } = run.record;
  if (fromParameter === undefined) return;
  await run.ports.parameters.deleteIncoming(fromParameter);
  await save(run, { fromParameter: undefined });
}

/** The reason of a requested abort, which is no failure. */
export const ABORTED = 'Aborted by hand.';

function wasAborted({ record }: Run): boolean {
  return record.backBecause === ABORTED;
}

/** testSecret: before the next key signs, every MCP task must accept tokens of both keys and refuse everything else. */
export async function testSecret(run: Run): Promise<Step> {
  const busy = await needStepLock(run);
  if (busy) return busy;
  const reconciled = await reconcile(run);
  if (reconciled.kind === 'foreign') return beginRepair(run, reconciled.what);
  if (reconciled.kind === 'lost') throw new Error('testSecret writes nothing, so nothing can be lost.');
  const { current, next, intended } = run.record;
  if (next === undefined) throw new Error('testSecret without a next key.');

  const red = await run.ports.runCanary();
  if (red.length > 0) return goBack(run, `The canary is red before the next secret signs: ${red.join(' | ')}`);
  return move(
    run,
    {
      phase: 'finishSecret',
      before: intended,
      intended: contentOf(next.thumbprint, [current.thumbprint, next.thumbprint]),
      bothMaySign: true,
      committedAt: iso(run.ports.now()),
    },
    `The canary is green: ${keyIdOf(run.record, next.thumbprint)} signs from now on.`,
  );
}
