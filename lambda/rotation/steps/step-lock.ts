import type { Run, Step } from '../run.ts';
import { disturbance } from '../settle.ts';
import { needLock } from './common.ts';
import { beginRepair } from './repair.ts';

/**
 * Holds the lock for a step, or waits for it. Whoever waits looks at the parameters all the same: with a foreign value no task
 * starts, and then the deploy that is waited for does not end either.
 */
export async function needStepLock(run: Run): Promise<Step | undefined> {
  const busy = await needLock(run);
  if (busy === undefined) return undefined;
  const what = await disturbance(run);
  return what === undefined ? busy : beginRepair(run, what);
}
