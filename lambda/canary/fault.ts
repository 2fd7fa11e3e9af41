import type { RequestFailure } from '../shared/fault.ts';

/**
 * Every reason code of a failed check; each has its own remedy. The codes are stable.
 *
 * `settles`: a settling deployment, or throttling by AWS, can cause it too, so that a retry may help.
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

/** A failed check; the message is the reason in the report: its code, what was seen, what to do. */
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

/** Converts a failed request to the failure of its check, with the same code. */
export function checkFailureOf({ kind, text }: RequestFailure): CheckFailure {
  return new CheckFailure(kind, text);
}
