import { setTimeout as pause } from 'node:timers/promises';
import { isJsonObject } from '../../auth/encoding.ts';
import { type CanaryReport, TRIGGERS, type Trigger } from '../../contract/canary-report.ts';
import { type Attempt, type AttemptOptions, attempt } from './attempt.ts';
import { type RepairClients, requestRepair } from './repair.ts';
import type { CanarySettings } from './settings.ts';

export type CanaryOptions = Partial<CanaryRequest> &
  RepairClients &
  Pick<AttemptOptions, 'ssm' | 'ecs' | 'ca'> & {
    /** Time for one request, in milliseconds. @default 5000 */
    readonly requestMs?: number;
    /** Time for all attempts, in milliseconds. @default 60000 */
    readonly totalMs?: number;
    /** Time between two attempts, in milliseconds. @default 1000 */
    readonly pauseMs?: number;
  };

/** How often the same failures must be found in a row, without a rollout, before they count as permanent. */
const SAME_ATTEMPTS = 3;

/** The failed checks by name and reason code: their texts contain numbers that differ each time. */
function failuresOf({ report }: Attempt): string {
  const failed = report.checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'skipped');
  return failed.map(({ name, reason = '' }) => `${name} ${reason.split(':', 1)}`).join('\n');
}

/** Counts in a row the attempts with the same failures while ECS replaced no task, which could explain all of them. */
function createStreak(): (attempt: Attempt) => number {
  let length = 0;
  let before: string | undefined;
  return (attempt) => {
    const failures = attempt.rollout === 'over' ? failuresOf(attempt) : undefined;
    length = failures === undefined ? 0 : failures === before ? length + 1 : 1;
    before = failures;
    return length;
  };
}

/**
 * Repeats the checks until they are green, cannot become green, fail for the third time in the same way without a rollout, or would
 * exceed the time limit. A rollout that ECS reports is as good a reason to repeat as one that the caller announced.
 */
async function attempts(
  settings: CanarySettings,
  options: AttemptOptions & { readonly settling: boolean; readonly pauseMs: number; readonly until: number },
): Promise<{ readonly last: Attempt; readonly count: number }> {
  const { pauseMs, until } = options;
  const streak = createStreak();
  let { settling } = options;
  for (let count = 1; ; count += 1) {
    const start = performance.now();
    const last = await attempt(settings, options);
    const next = performance.now() + pauseMs;
    const fits = next + (performance.now() - start) <= until;
    settling ||= last.rollout === 'under-way';
    const mayHelp = settling && last.settles && streak(last) < SAME_ATTEMPTS;
    if (last.report.verdict === 'green' || !mayHelp || !fits) return { last, count };
    await pause(pauseMs);
  }
}

/**
 * Checks whether the services of a deployment trust each other, as a client would: the core of every entry point of the canary.
 *
 * It always ends within `totalMs` and always returns a report: every error is in it, check by check. While a new deployment may be
 * settling, it repeats **all** checks, not only the failed ones: what an old task proved does not hold for its replacement.
 */
export async function runCanary(settings: CanarySettings, options: CanaryOptions): Promise<CanaryReport> {
  const { ssm, ecs, dynamodb, sfn, ca, requestMs = 5_000, totalMs = 60_000, pauseMs = 1_000 } = options;
  const { settling = false, trigger = 'direct' } = options;
  const startedAt = new Date();
  const start = performance.now();
  const timeOver = new AbortController();
  const timer = setTimeout(() => timeOver.abort(), totalMs);
  const { last, count } = await attempts(settings, {
    ...{ ssm, ecs, dynamodb, trigger, ca, requestMs, settling, pauseMs, until: start + totalMs },
    deadline: timeOver.signal,
  });
  clearTimeout(timer);
  // The rotation checks the parameters itself.
  if (last.repair !== undefined && trigger !== 'rotation')
    await requestRepair(last.repair, settings, { dynamodb, sfn });
  return {
    verdict: last.report.verdict,
    trigger,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - start),
    attempts: count,
    url: settings.url.origin,
    keyIds: last.report.keyIds,
    tools: last.report.tools,
    tasks: last.report.tasks,
    services: last.report.services,
    checks: last.report.checks,
  };
}

/** The request of an invocation. */
type CanaryRequest = {
  /**
   * The services were just redeployed: repeat failures that may be temporary, even if ECS reports no rollout, and count missing
   * services as red.
   */
  readonly settling: boolean;
  readonly trigger: Trigger;
};

/** Parses an invocation's payload. Unknown content is ignored: a report is always better than none. */
export function parseRequest(event: unknown): CanaryRequest {
  const { settling, trigger } = isJsonObject(event) ? event : {};
  return { settling: settling === true, trigger: TRIGGERS.find((name) => name === trigger) ?? 'direct' };
}
