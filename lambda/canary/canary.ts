import { setTimeout as pause } from 'node:timers/promises';
import { type Attempt, type AttemptOptions, attempt } from './attempt.ts';
import type { CanaryReport } from './report.ts';
import type { CanaryRequest } from './request.ts';
import type { CanarySettings } from './settings.ts';

export type CanaryOptions = Partial<CanaryRequest> &
  Pick<AttemptOptions, 'ssm' | 'ecs' | 'ca'> & {
    /** Time for one request, in milliseconds. @default 5000 */
    readonly requestMs?: number;
    /** Time for all attempts, in milliseconds. @default 60000 */
    readonly totalMs?: number;
    /** Time between two attempts, in milliseconds. @default 1000 */
    readonly pauseMs?: number;
  };

/** All attempts until one is green, cannot become green, or would not end in time. */
async function attempts(
  settings: CanarySettings,
  options: AttemptOptions & { readonly pauseMs: number; readonly until: number },
): Promise<{ readonly last: Attempt; readonly count: number }> {
  const { pauseMs, until } = options;
  for (let count = 1; ; count += 1) {
    const start = performance.now();
    const last = await attempt(settings, options);
    const next = performance.now() + pauseMs;
    const fits = next + (performance.now() - start) <= until;
    if (last.report.verdict === 'green' || !last.settles || !fits) return { last, count };
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
  const { ssm, ecs, ca, requestMs = 5_000, totalMs = 60_000, pauseMs = 1_000 } = options;
  const { settling = false, trigger = 'direct' } = options;
  const startedAt = new Date();
  const start = performance.now();
  const timeOver = new AbortController();
  const timer = setTimeout(() => timeOver.abort(), totalMs);
  const until = settling ? start + totalMs : start;
  const { last, count } = await attempts(settings, {
    ...{ ssm, ecs, ca, requestMs, pauseMs, until },
    deadline: timeOver.signal,
  });
  clearTimeout(timer);
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
