import type { Call, Phase, Progress } from '../../contract/rotation.ts';
import { enter } from './enter.ts';
import type { Ports } from './ports.ts';
import { type Run, type Step, wait } from './run.ts';
import { createSecret, testSecret } from './steps/create-and-test.ts';
import { finishSecret, grace, retireSecret } from './steps/finish-and-retire.ts';
import { repair } from './steps/repair.ts';
import { revokeSecret } from './steps/revoke-secret.ts';

const STEPS: Readonly<Record<Phase, (run: Run) => Promise<Step>>> = {
  // A run that repaired something first now starts the rotation that it was started for.
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
 * One call of the rotation: does what is possible without waiting, and returns when to call again. If a call dies, the next one reads
 * the intent from the record and continues from there.
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

/** A rotation that had to repair something first then begins. */
function beginAfterRepair({ command }: Call, progress: Progress): Progress {
  const isRepair = progress.result === 'done' && progress.outcome === 'repaired';
  if (command.command !== 'rotate' || !isRepair) return progress;
  return { result: 'wait', phase: 'idle', seconds: 1, message: `${progress.message} Now the rotation begins.` };
}

/**
 * Step Functions fails an execution at its 25,000th event. A call and its wait are eleven: five of the task, four of the two choices,
 * two of the wait. An execution times out after three days. So it has at most 600 + 259,200 / 240 = 1,680 waits, or 18,480 events,
 * whatever it waits for and however often it starts over. The rest is for retries, three events each. A rotation whose four rollouts
 * take a quarter of an hour each has about 440 waits, and is never slowed.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
 */
const BRISK_CALLS = 600;
const SLOW_SECONDS = 240;

/**
 * Counts the calls of an execution and, after many, increases the time between them.
 *
 * @param said - the result of this call
 */
function paced({ progress }: Call, said: Progress): Progress {
  if (said.result !== 'wait') return said;
  const calls = 1 + ((progress?.result === 'wait' && progress.calls) || 0);
  return { ...said, calls, seconds: calls > BRISK_CALLS ? Math.max(said.seconds, SLOW_SECONDS) : said.seconds };
}
