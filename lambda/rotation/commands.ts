import { quiltctl } from '../../contract/command-line.ts';
import { type Command, type Progress, RESTING_PHASES, type RefusalCode } from '../../contract/rotation.ts';
import { contentOf, readIncoming } from './parameter-state.ts';
import { confirm, findForeignWrite } from './reconcile.ts';
import { move, type Run, save, wait } from './run.ts';
import { claimLock, newSecret } from './steps/common.ts';
import { ABORTED, createSecret } from './steps/create-and-test.ts';
import { goBack } from './steps/go-back.ts';
import { beginRepair } from './steps/repair.ts';
import { beginRevocation } from './steps/revoke-secret.ts';

const DAY_MS = 24 * 3_600_000;
/** How long scheduled runs pause after a failure: an alarm notified a person. */
const PAUSE_MS = DAY_MS;
const DEPLOY_SECONDS = 60;

/** An admitted command returns the run to continue with; any other returns its result. */
type Admission = Promise<Run | Progress>;

function refuse(code: RefusalCode, message: string): Progress {
  return { result: 'refused', code, message };
}

function done(outcome: 'nothing-to-do' | 'not-due', message: string): Progress {
  return { result: 'done', outcome, message };
}

async function isAlive({ record, ports }: Run): Promise<boolean> {
  return record.execution !== '' && (await ports.isRunning(record.execution));
}

function underWay({ record, ports }: Run): Progress {
  return refuse(
    'rotation-under-way',
    `A rotation is under way (${record.phase} since ${record.phaseSince}). Follow it with ` +
      `${quiltctl('rotate --watch', ports.environment)}.`,
  );
}

/** Takes over from an execution that is dead, or that this write fences off. */
async function takeOver(run: Run): Promise<Run> {
  await save(run, { execution: run.call.execution, stopped: undefined, retries: undefined, roll: undefined });
  return run;
}

/** Why a scheduled run does nothing, if so. */
function notNow({ record, ports }: Run): string | undefined {
  const now = ports.now();
  const { last, signingSince, stopped } = record;
  const days = (now - Date.parse(signingSince)) / DAY_MS;
  ports.report({ kind: 'age', days });
  if (stopped && now - Date.parse(stopped.at) < PAUSE_MS) return stopped.reason;
  if (record.phase !== 'idle') return undefined;
  if (days < ports.timing.everyDays) {
    return `The secret is ${Math.floor(days)} days old; it is rotated at ${ports.timing.everyDays}.`;
  }
  if (last?.outcome === 'undone' && now - Date.parse(last.at) < PAUSE_MS)
    return `The last rotation failed at ${last.at}.`;
  return undefined;
}

async function start(run: Run, { trigger, fromParameter }: Command): Admission {
  const { ports, call, record } = run;
  const { current, intended } = record;
  const what = await findForeignWrite(run);
  if (what !== undefined) {
    await beginRepair(run, what);
    return run;
  }
  const incoming = fromParameter === undefined ? undefined : await readIncoming(ports, fromParameter, current);
  if (incoming?.refusal !== undefined) return refuse('incoming-invalid', incoming.refusal);
  const busy = await claimLock(ports, call.execution);
  if (busy !== undefined) {
    if (trigger === 'schedule') return wait(run, DEPLOY_SECONDS, `${busy} The rotation begins when it has ended.`);
    return refuse('deploy-under-way', `${busy} Wait until it has ended, then rotate.`);
  }
  const next = await newSecret(ports.now(), incoming?.secret);
  await move(
    run,
    {
      phase: 'createSecret',
      direction: 'forward',
      execution: call.execution,
      before: intended,
      intended: contentOf(current.thumbprint, [current.thumbprint, next.name.thumbprint]),
      next: next.name,
      fromParameter,
    },
    `The rotation begins: ${next.name.keyId} is added to the set.`,
  );
  const step = await createSecret(run, next.secrets);
  return step === 'go-on' ? run : step;
}

async function rotate(run: Run): Admission {
  const { call, record, ports } = run;
  const { command } = call;
  if (command.trigger === 'schedule') {
    const reason = notNow(run);
    if (reason !== undefined) return done('not-due', reason);
  }
  if (record.phase === 'idle') return start(run, command);
  if (await isAlive(run)) return underWay(run);
  const isAsked = record.stopped !== undefined && command.trigger !== 'schedule';
  if (isAsked || command.fromParameter !== undefined) {
    return refuse(
      'rotation-unfinished',
      `${record.stopped?.reason ?? `An earlier rotation has not ended (${record.phase}).`} Resume it with ${quiltctl('rotate --resume', ports.environment)}, or go back with --abort.`,
    );
  }
  return takeOver(run);
}

async function resume(run: Run): Admission {
  if (run.record.phase === 'idle') return refuse('nothing-to-resume', 'No rotation is under way.');
  return (await isAlive(run)) ? underWay(run) : takeOver(run);
}

async function abort(run: Run): Admission {
  const { phase, direction } = run.record;
  if (phase === 'idle') return refuse('nothing-to-abort', 'No rotation is under way.');
  if (phase === 'retireSecret' || phase === 'revokeSecret' || phase === 'repair') {
    return refuse(
      'no-way-back',
      `A rotation cannot be aborted in ${phase}: it has to finish. See ${quiltctl('secret status', run.ports.environment)}.`,
    );
  }
  if (direction === 'back') return resume(run);
  await confirm(run);
  await goBack(run, ABORTED);
  return run;
}

/** Restores what a person changed, unless a running execution will detect it with its next call. */
async function repairForeign(run: Run): Admission {
  const { phase } = run.record;
  if (!RESTING_PHASES.includes(phase) && (await isAlive(run))) {
    return done('nothing-to-do', 'A rotation is under way and checks the parameters itself.');
  }
  const what = await findForeignWrite(run);
  if (what === undefined) return done('nothing-to-do', 'Both parameters hold what is recorded.');
  if (phase === 'repair' || phase === 'revokeSecret') return takeOver(run);
  await beginRepair(run, what);
  return run;
}

async function revoke(run: Run): Admission {
  if (run.record.phase === 'revokeSecret') return resume(run);
  const step = await beginRevocation(run, 'Revoked by hand.');
  return step === 'go-on' ? run : step;
}

/** What each command does when its execution has nothing in progress yet. */
export const COMMANDS: Readonly<Record<Command['command'], (run: Run) => Admission>> = {
  rotate,
  resume,
  abort,
  repair: repairForeign,
  revoke,
};
