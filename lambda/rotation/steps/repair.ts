import type { RotationRecord } from '../../../contract/rotation.ts';
import { contentOf, holds, readParameters } from '../parameter-state.ts';
import { findForeignWrite, foreignWrite, restore, secondsUntilShown } from '../reconcile.ts';
import { iso, keyNames, move, type Run, rest, type Step, save, wait } from '../run.ts';
import { needLock, retry, rollAll } from './common.ts';
import { graceSeconds } from './go-back.ts';
import { beginRevocation } from './revoke-secret.ts';

/** Until a write can be relied upon to be seen. */
const WRITTEN_SECONDS = 3;
/**
 * A parameter that was deleted is made again at once, since no task can start without it, and looked for after that time: the
 * deletion may still take its successor away.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html
 */
const MADE_ANEW_SECONDS = 30;

type Target = Pick<RotationRecord, 'intended' | 'direction'> & Required<Pick<RotationRecord, 'goOnWith'>>;

/**
 * What is put back, and where the rotation goes on. A removal that may not have been written is taken back with its whole grace
 * time: a person may have had the other key sign meanwhile.
 */
function targetOf({ phase, direction, before, intended, goOnWith }: RotationRecord): Target {
  switch (phase) {
    case 'repair':
      return { intended, direction, goOnWith: goOnWith ?? 'idle' };
    case 'testSecret':
      return { intended, direction, goOnWith: 'createSecret' };
    case 'createSecret':
    case 'retireSecret': {
      const removal = phase === 'retireSecret' || direction === 'back';
      if (!removal || before === undefined) return { intended, direction, goOnWith: phase };
      return { intended: before, direction, goOnWith: before.accepted.length > 1 ? 'grace' : phase };
    }
    default:
      return { intended, direction, goOnWith: phase };
  }
}

/**
 * Records that a person changed a parameter, and begins to put it back. What they wrote is never used.
 *
 * @param what - what they did, as text
 */
export async function beginRepair(run: Run, what: string): Promise<Step> {
  const target = targetOf(run.record);
  // Before it is recorded: an alarm that rings twice is better than one that dies with its call.
  run.ports.report({ kind: 'repaired', message: what });
  return move(
    run,
    {
      ...target,
      phase: 'repair',
      execution: run.call.execution,
      before: undefined,
      seen: undefined,
      grace: undefined,
      stopped: undefined,
      repaired: what,
      // Whatever it was, it may have been the other key, and a task may have signed with it.
      bothMaySign: run.record.bothMaySign || target.intended.accepted.length > 1 || undefined,
    },
    `${what} It is being restored; the value written there is not used.`,
  );
}

/** repair: puts back what is recorded, has both services read it anew, proves it, and goes on where the rotation was. */
export async function repair(run: Run): Promise<Step> {
  const { ports } = run;
  const found = await readParameters(ports.parameters, keyNames(run.record));
  const { secret, keySet } = found.seen;
  if (secret === undefined || keySet === undefined || !holds(found, run.record.intended)) {
    const lost = await restore(run, found);
    if (lost.length > 0) return giveUp(run, lost);
    await save(run, { seen: undefined, roll: undefined });
    const isMadeAnew = secret === undefined || keySet === undefined;
    // Not at once: Parameter Store may show what was there before, and each write costs one of the 100 versions in which a lost
    // secret may be found again.
    return wait(run, isMadeAnew ? MADE_ANEW_SECONDS : WRITTEN_SECONDS, 'The last good values were written back.');
  }
  if ((await foreignWrite(run, found, [run.record.intended])) !== undefined || run.record.seen === undefined) {
    // Whether it was overwritten again meanwhile or not: tasks that are older than the last write are replaced.
    await save(run, { seen: { secret, keySet } });
  }
  const busy = await needLock(run);
  if (busy) return busy;
  const state = await rollAll(run, ['mcp', 'catalog'], found);
  if (state.state === 'under-way') return wait(run, state.seconds, 'Both services read the parameters anew.');
  if (state.state === 'failed') return retry(run, state.reason);
  const red = await ports.runCanary();
  if (red.length > 0) return retry(run, `The canary is red after a repair: ${red.join(' | ')}`);
  return goOn(run);
}

async function goOn(run: Run): Promise<Step> {
  const { repaired = 'A parameter was changed.', goOnWith = 'idle' } = run.record;
  const message = `${repaired} It was restored, and both services were redeployed.`;
  const common = { goOnWith: undefined, repaired: undefined };
  switch (goOnWith) {
    case 'idle':
      return rest(run, 'repaired', message);
    case 'grace': {
      const grace = { since: iso(run.ports.now()), seconds: await graceSeconds(run) };
      return move(run, { ...common, phase: 'grace', grace }, `${message} The grace time begins anew.`);
    }
    default:
      return move(run, { ...common, phase: goOnWith }, message);
  }
}

/** Not everything can be put back: a parameter was deleted together with its history. */
async function giveUp(run: Run, lost: readonly string[]): Promise<Step> {
  const early = secondsUntilShown(run);
  if (early > 0) return wait(run, early, 'A secret was not found; Parameter Store may not show it yet.');
  const { intended, goOnWith } = run.record;
  // Without the signing secret there is nothing to go back to, as at the first deploy.
  if (lost.includes(intended.signing)) return beginRevocation(run, 'The signing secret is lost.');
  // The other key can sign nothing more, and what it signed can no longer be verified.
  const one = contentOf(intended.signing, [intended.signing]);
  const forward = intended.signing === run.record.next?.thumbprint;
  await save(run, {
    intended: one,
    goOnWith: forward ? 'retireSecret' : goOnWith === 'idle' ? 'idle' : 'createSecret',
    direction: forward ? 'forward' : 'back',
    backBecause: forward ? run.record.backBecause : (run.record.backBecause ?? 'The next secret was lost.'),
    bothMaySign: undefined,
  });
  return 'go-on';
}

/**
 * Holds the lock for a step, or waits for it. A step that waits looks at the parameters all the same: with a foreign value no task
 * starts, and then the deploy that is waited for does not end either.
 */
export async function needStepLock(run: Run): Promise<Step | undefined> {
  const busy = await needLock(run);
  if (busy === undefined) return undefined;
  const what = await findForeignWrite(run);
  return what === undefined ? busy : beginRepair(run, what);
}
