import type { RequestFailure } from '../shared/fault.ts';

/**
 * Every reason that a check may fail for, distinguished because each has its own remedy. The names are stable.
 *
 * `settles`: a deployment that is just settling may show it too, or AWS while it throttles, so that asking again may help.
 */
const REASONS = {
  'parameter-unreadable': { settles: true },
  'parameter-invalid': { settles: false },
  'record-unreadable': { settles: true },
  'foreign-value': { settles: false },
  unreachable: { settles: true },
  certificate: { settles: false },
  'time-out': { settles: true },
  redirected: { settles: false },
  'redirected-to-http': { settles: false },
  'not-mcp': { settles: true },
  'server-error': { settles: true },
  'token-demanded': { settles: false },
  'token-refused': { settles: true },
  'mcp-error': { settles: false },
  'no-tools': { settles: false },
  'tools-missing': { settles: false },
  'tool-error': { settles: false },
  'identity-mismatch': { settles: false },
  accepted: { settles: false },
  'wrong-status': { settles: false },
  'no-page': { settles: true },
  'secret-exposed': { settles: false },
  'no-tasks': { settles: true },
  'tasks-uncounted': { settles: true },
  'tasks-unseen': { settles: true },
  'tasks-disagree': { settles: true },
  'key-mismatch': { settles: true },
  'tasks-outdated': { settles: true },
  'not-provable': { settles: false },
  unexpected: { settles: false },
} as const;

export type ReasonName = keyof typeof REASONS;

export const REASON_NAMES = Object.keys(REASONS) as readonly ReasonName[];

/** A check found a fault; the message is the reason in the report: its name, what was seen, what to do. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
  readonly reason: ReasonName;
  readonly settles: boolean;

  constructor(reason: ReasonName, text: string) {
    super(`${reason}: ${text}`);
    this.reason = reason;
    this.settles = REASONS[reason].settles;
  }
}

/** A request that failed is the failure of the check that sent it, by the same name. */
export function checkFailureOf({ kind, text }: RequestFailure): CheckFailure {
  return new CheckFailure(kind, text);
}
