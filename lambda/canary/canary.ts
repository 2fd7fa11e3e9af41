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

/** So often the same failures are found after a rollout before they are taken for lasting. */
const SAME_ATTEMPTS = 3;

/** What speaks against green, by the names of checks and reasons: their texts hold numbers that differ each time. */
function failuresOf({ report }: Attempt): string {
  const failed = report.checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'skipped');
  return failed.map(({ name, reason = '' }) => `${name} ${reason.split(':', 1)}`).join('\n');
}

/** Counts how often in a row the same failures were found while ECS replaced no task, which may explain all of them. */
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
 * All attempts until one is green, cannot become green, finds for the third time what no rollout explains, or would not end
 * in time. A rollout that ECS reports is as good a cause to ask again as one that the caller announced.
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
 * Asks a deployment whether its services trust each other, as a client would: the core behind every entry of the canary.
 *
 * It always ends, within `totalMs`, and always gives a report: what goes wrong is in it, check by check. Where a fresh
 * deployment may be settling it repeats **all** checks, not the failed ones: what an old task proved does not hold for the
 * task that took its place.
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
  // The rotation looks by itself.
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

/** What an invocation asks for. */
type CanaryRequest = {
  /**
   * The services were just rolled out, or stand: run again what may become green, also where ECS reports no rollout, and count it
   * as red that they are missing.
   */
  readonly settling: boolean;
  readonly trigger: Trigger;
};

/** Reads an invocation's payload. What it does not know it leaves: a report is always better than none. */
export function parseRequest(event: unknown): CanaryRequest {
  const { settling, trigger } = isJsonObject(event) ? event : {};
  return { settling: settling === true, trigger: TRIGGERS.find((name) => name === trigger) ?? 'direct' };
}
