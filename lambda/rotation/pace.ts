import type { Call, Progress } from '../../contract/rotation.ts';

/**
 * Step Functions fails an execution at its 25,000th event. A call and the wait after it are eleven: five of the task, four of the
 * two choices, two of the wait. An execution ends after three days, so that whatever it waits for, and however often it begins
 * anew, it has at most 600 + 259,200 / 240 = 1,680 waits: 18,480 events. The rest is for calls that are repeated, three events
 * each. A rotation whose four roll-outs take a quarter of an hour each has some 440 waits, and is never slowed.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
 */
const BRISK_CALLS = 600;
const SLOW_SECONDS = 240;

/**
 * Counts the calls of an execution, and has one that has called very often call less often.
 *
 * @param said - what this call says
 */
export function paced({ progress }: Call, said: Progress): Progress {
  if (said.result !== 'wait') return said;
  const calls = 1 + ((progress?.result === 'wait' && progress.calls) || 0);
  return { ...said, calls, seconds: calls > BRISK_CALLS ? Math.max(said.seconds, SLOW_SECONDS) : said.seconds };
}
