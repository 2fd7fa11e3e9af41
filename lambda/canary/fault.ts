import type { DialError } from './http/dial.ts';

/**
 * Every reason that a check may fail for, told apart because each has a remedy of its own. The names are stable.
 *
 * `settles`: a deployment that is just settling may show it too, or AWS while it throttles, so that asking again may help.
 */
const REASONS = {
  'parameter-unreadable': { settles: true },
  'parameter-invalid': { settles: false },
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
  'not-provable': { settles: false },
  unexpected: { settles: false },
} as const;

export type ReasonName = keyof typeof REASONS;

export const REASON_NAMES = Object.keys(REASONS) as readonly ReasonName[];

/** A check found a fault; the message is the reason in the report: its name, what was seen, what to do. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
  readonly settles: boolean;

  constructor(reason: ReasonName, text: string) {
    super(`${reason}: ${text}`);
    this.settles = REASONS[reason].settles;
  }
}

/** How a request can fail. */
export type Fault =
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'certificate'; readonly code: string }
  | { readonly kind: 'time-out' }
  | { readonly kind: 'redirected'; readonly status: number; readonly scheme: string }
  | { readonly kind: 'redirected-to-http'; readonly status: number }
  | { readonly kind: 'not-mcp'; readonly status: number; readonly mediaType: string }
  | { readonly kind: 'server-error'; readonly status: number }
  | {
      readonly kind: 'token-refused';
      readonly status: number;
      readonly keyId: string;
      readonly accepted: readonly string[];
    }
  | { readonly kind: 'token-demanded'; readonly status: number }
  | { readonly kind: 'mcp-error'; readonly code: string };

/** What is known of one answer, without anything of its body. */
export type Answer = {
  readonly status: number;
  /** `text/html`, or empty. */
  readonly mediaType: string;
  /** Scheme of a redirect's target, or empty. */
  readonly redirectScheme: 'http' | 'https' | 'other' | '';
  /** What the task that answered says it holds. */
  readonly keyIds: readonly string[];
  /** The key of the valid token that the request carried, if it carried one. */
  readonly tokenKeyId: string | undefined;
};

/** The fault behind an error of `dial`. */
export function faultOfDial({ kind, code }: DialError): Fault {
  switch (kind) {
    case 'certificate':
    case 'unreachable':
      return { kind, code };
    case 'time-out':
    case 'aborted':
      return { kind: 'time-out' };
  }
}

/** The fault of an answer's status and type; `undefined` for one that may be MCP. */
export function faultOfAnswer(answer: Answer): Fault | undefined {
  const { status, mediaType, redirectScheme, keyIds, tokenKeyId } = answer;
  if (status === 401 || status === 403) {
    return tokenKeyId === undefined
      ? { kind: 'token-demanded', status }
      : { kind: 'token-refused', status, keyId: tokenKeyId, accepted: keyIds };
  }
  if (status >= 300 && status < 400) {
    return redirectScheme === 'http'
      ? { kind: 'redirected-to-http', status }
      : { kind: 'redirected', status, scheme: redirectScheme };
  }
  if (status >= 500) return { kind: 'server-error', status };
  const isMcp = status === 202 || mediaType === 'application/json' || mediaType === 'text/event-stream';
  if (!isMcp || status === 404 || status === 405) return { kind: 'not-mcp', status, mediaType };
  return status >= 400 ? { kind: 'mcp-error', code: `status ${status}` } : undefined;
}

function describe(fault: Fault, where: string): string {
  switch (fault.kind) {
    case 'unreachable':
      return `${where} gave ${fault.code}. Check the load balancer's name, listener and security groups.`;
    case 'certificate':
      return `${where} gave ${fault.code}. Check that the listener's certificate names the URL's host.`;
    case 'time-out':
      return `${where} did not end in time. Check that the tasks run and that the network lets them answer.`;
    case 'redirected':
      return `${where} gave ${fault.status} to ${fault.scheme || 'no URL'}. Serve this path itself: a redirect loses the body or the token.`;
    case 'redirected-to-http':
      return `${where} gave ${fault.status} to http. Have the image trust X-Forwarded-Proto: a client that follows sends its token in clear.`;
    case 'not-mcp':
      return `${where} gave ${fault.status} ${fault.mediaType || 'without a type'}. Check the listener rules: this looks like the catalog.`;
    case 'server-error':
      return `${where} gave ${fault.status}. Check that the target group has healthy tasks, and their log.`;
    case 'token-refused':
      return (
        `${where} gave ${fault.status} to a valid token of key ${fault.keyId}; the task that answered accepts ` +
        `${fault.accepted.join(', ') || 'keys that it does not name'}. Roll the service, so that its tasks read the parameters again.`
      );
    case 'token-demanded':
      return `${where} gave ${fault.status} without a token. It has to be served to everybody.`;
    case 'mcp-error':
      return `${where} gave ${fault.code}. Check the log of the service.`;
  }
}

/** One fault as the failure of a check. */
export function failureOf(fault: Fault, where: string): CheckFailure {
  return new CheckFailure(fault.kind, describe(fault, where));
}
