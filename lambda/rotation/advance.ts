import type { Call, Phase, Progress } from '../../contract/rotation.ts';
import { enter } from './enter.ts';
import type { Ports } from './ports.ts';
import { type Run, type Step, wait } from './run.ts';
import { createSecret, testSecret } from './steps/create-and-test.ts';
import { finishSecret, grace, retireSecret } from './steps/finish-and-retire.ts';
import { repair } from './steps/repair.ts';
import { revokeSecret } from './steps/revoke-secret.ts';

const STEPS: Readonly<Record<Phase, (run: Run) => Promise<Step>>> = {
  // A run that was to repair something first has done so; its next call begins what it was started for.
  idle: async (run) => wait(run, 1, 'The rotation begins.'),
  createSecret: (run) => createSecret(run),
  testSecret,
  finishSecret,
  grace,
  retireSecret,
  repair,
  revokeSecret: (run) => revokeSecret(run),
};

/**
 * One call of the rotation: does what can be done without waiting, and says when to call again. Whatever dies in between, the next
 * call finds in the record what was meant and goes on from there.
 */
export async function advance(call: Call, ports: Ports): Promise<Progress> {
  return paced(call, await goOn(call, ports));
}

async function goOn(call: Call, ports: Ports): Promise<Progress> {
  const entered = await enter(call, ports);
  if ('result' in entered) return beginAfterRepair(call, entered);
  for (;;) {
    const step = await STEPS[entered.record.phase](entered);
    if (step !== 'go-on') return beginAfterRepair(call, step);
  }
}

/** A rotation that had to repair something first is not over with that. */
function beginAfterRepair({ command }: Call, progress: Progress): Progress {
  const isRepair = progress.result === 'done' && progress.outcome === 'repaired';
  if (command.command !== 'rotate' || !isRepair) return progress;
  return { result: 'wait', phase: 'idle', seconds: 1, message: `${progress.message} Now the rotation begins.` };
}

/**
 * Step Functions fails an execution at its 25,000th event. A call and the wait after it are eleven: five of the task, four of the
 * two choices, two of the wait. An execution ends after three days, so that whatever it waits for, and however often it begins
 * anew, it has at most 600 + 259,200 / 240 = 1,680 waits: 18,480 events. The rest is for calls that are repeated, three events
 * each. A rotation whose four rollouts take a quarter of an hour each has some 440 waits, and is never slowed.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
 */
const BRISK_CALLS = 600;
const SLOW_SECONDS = 240;

/**
 * Counts the calls of an execution, and has one that has called very often call less often.
 *
 * @param said - what this call says
 */
function paced({ progress }: Call, said: Progress): Progress {
  if (said.result !== 'wait') return said;
  const calls = 1 + ((progress?.result === 'wait' && progress.calls) || 0);
  return { ...said, calls, seconds: calls > BRISK_CALLS ? Math.max(said.seconds, SLOW_SECONDS) : said.seconds };
}
