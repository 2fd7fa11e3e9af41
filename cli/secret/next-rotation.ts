import type { EnvironmentConfig } from '../../config/schema.ts';
import type { RecordSummary } from '../rotation/record-summary.ts';

/** When the secret is rotated next. */
export type NextRotation =
  | { readonly state: 'scheduled' | 'due' /** ISO 8601 */; readonly at: string }
  /** The configuration stops the schedule. */
  | { readonly state: 'paused' }
  /** One is under way; its execution has ended without finishing it; or it waits for a person. */
  | { readonly state: 'under-way' | 'execution-ended' | 'stopped' };

const DAY_MS = 24 * 3_600_000;

/**
 * When the schedule rotates the secret next: when it is as old as the configuration says.
 *
 * @param now - milliseconds since 1970
 */
export function nextRotation(
  { phase, driver, stopped, signingSince }: RecordSummary,
  { everyDays, paused }: EnvironmentConfig['rotation'],
  now: number,
): NextRotation {
  if (stopped) return { state: 'stopped' };
  if (driver?.state === 'ended') return { state: 'execution-ended' };
  if (phase !== 'idle') return { state: 'under-way' };
  if (paused) return { state: 'paused' };
  const due = Date.parse(signingSince) + everyDays * DAY_MS;
  return { state: due <= now ? 'due' : 'scheduled', at: new Date(due).toISOString() };
}
