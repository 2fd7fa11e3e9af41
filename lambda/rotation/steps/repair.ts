import type { RotationRecord } from '../../../contract/rotation.ts';
import { contentOf, holds, readParameters } from '../parameter-state.ts';
import { findForeignWrite, foreignWrite, restore, secondsUntilShown } from '../reconcile.ts';
import { iso, keyNames, move, type Run, rest, type Step, save, wait } from '../run.ts';
import { needLock, retry, rollAll } from './common.ts';
import { graceSeconds } from './go-back.ts';
import { beginRevocation } from './revoke-secret.ts';

/** Time after which reads return a write. */
const WRITTEN_SECONDS = 3;
/**
 * A deleted parameter is created again at once, since no task can start without it. It is checked after this time: the earlier deletion
 * may still remove the new one.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html
 */
const MADE_ANEW_SECONDS = 30;

type Target = Pick<RotationRecord, 'intended' | 'direction'> & Required<Pick<RotationRecord, 'goOnWith'>>;

/**
 * What to restore, and where the rotation resumes. A removal that may not have been written is undone with its full grace time: a
 * person may have had the other key sign meanwhile.
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
 * Records that a person changed a parameter, and begins to restore it. Their value is never used.
 *
 * @param what - what they did, as text
 */
export async function beginRepair(run: Run, what: string): Promise<Step> {
  const target = targetOf(run.record);
  // Reported before it is recorded: a repeated alarm is better than one that is lost with its call.
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
      // The foreign value may have been the other key, and a task may have signed with it.
      bothMaySign: run.record.bothMaySign || target.intended.accepted.length > 1 || undefined,
    },
    `${what} It is being restored; the value written there is not used.`,
  );
}

/** repair: restores the recorded content, has both services read it again, proves it, and resumes the rotation. */
export async function repair(run: Run): Promise<Step> {
  const { ports } = run;
  const found = await readParameters(ports.parameters, keyNames(run.record));
  const { secret, keySet } = found.seen;
  if (secret === undefined || keySet === undefined || !holds(found, run.record.intended)) {
    const lost = await restore(run, found);
    if (lost.length > 0) return giveUp(run, lost);
    await save(run, { seen: undefined, roll: undefined });
    const isMadeAnew = secret === undefined || keySet === undefined;
    // Not at once: Parameter Store may return a value from before the write, and each write uses up one of the 100 versions that
    // may still hold a lost secret.
    return wait(run, isMadeAnew ? MADE_ANEW_SECONDS : WRITTEN_SECONDS, 'The last good values were written back.');
  }
  if ((await foreignWrite(run, found, [run.record.intended])) !== undefined || run.record.seen === undefined) {
    // Even if it was overwritten again meanwhile: tasks that are older than the last write are replaced.
    await save(run, { seen: { secret, keySet } });
  }
  const busy = await needLock(run);
  if (busy) return busy;
  const state = await rollAll(run, ['mcp', 'catalog'], found);
  if (state.state === 'under-way') return wait(run, state.seconds, 'Both services read the parameters again.');
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
      return move(run, { ...common, phase: 'grace', grace }, `${message} The grace time starts again.`);
    }
    default:
      return move(run, { ...common, phase: goOnWith }, message);
  }
}

/** Not everything can be restored: a parameter was deleted together with its history. */
async function giveUp(run: Run, lost: readonly string[]): Promise<Step> {
  const early = secondsUntilShown(run);
  if (early > 0) return wait(run, early, 'A secret was not found; Parameter Store may not show it yet.');
  const { intended, goOnWith } = run.record;
  // Without the signing secret there is no state to go back to, as at the first deploy.
  if (lost.includes(intended.signing)) return beginRevocation(run, 'The signing secret is lost.');
  // The other key can no longer sign, and its tokens can no longer be verified.
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
 * Requires the lock for a step, or waits for it. A waiting step still checks the parameters: with a foreign value no task starts, so the
 * deploy that it waits for would not end either.
 */
export async function needStepLock(run: Run): Promise<Step | undefined> {
  const busy = await needLock(run);
  if (busy === undefined) return undefined;
  const what = await findForeignWrite(run);
  return what === undefined ? busy : beginRepair(run, what);
}
