import type { Call, Phase, Progress } from '../../contract/rotation.ts';
import { enter } from './enter.ts';
import { paced } from './pace.ts';
import type { Ports } from './ports.ts';
import { type Run, type Step, wait } from './run.ts';
import { createSecret } from './steps/create-secret.ts';
import { finishSecret } from './steps/finish-secret.ts';
import { grace } from './steps/grace.ts';
import { repair } from './steps/repair.ts';
import { retireSecret } from './steps/retire-secret.ts';
import { revokeSecret } from './steps/revoke-secret.ts';
import { testSecret } from './steps/test-secret.ts';

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
