import type { DialError } from './http/dial.ts';

/** How a request can fail, told apart because each has a remedy of its own. */
export type Fault =
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'certificate'; readonly code: string }
  | { readonly kind: 'time-out' }
  | { readonly kind: 'redirected'; readonly status: number; readonly scheme: string }
  | { readonly kind: 'not-mcp'; readonly status: number; readonly mediaType: string }
  | { readonly kind: 'server-error'; readonly status: number }
  | { readonly kind: 'token-refused'; readonly status: number; readonly keyIds: readonly string[] }
  | { readonly kind: 'token-demanded'; readonly status: number }
  | { readonly kind: 'mcp-error'; readonly code: string };

/** What is known of one answer, without anything of its body. */
export type Answer = {
  readonly status: number;
  /** `text/html`, or empty. */
  readonly mediaType: string;
  /** `http` or `https` of a redirect's target, or empty. */
  readonly redirectScheme: string;
  readonly keyIds: readonly string[];
  readonly withToken: boolean;
};

/** A check found a fault; the message is the reason in the report. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
}

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
export function faultOfAnswer({ status, mediaType, redirectScheme, keyIds, withToken }: Answer): Fault | undefined {
  if (status === 401 || status === 403) {
    return withToken ? { kind: 'token-refused', status, keyIds } : { kind: 'token-demanded', status };
  }
  if (status >= 300 && status < 400) return { kind: 'redirected', status, scheme: redirectScheme };
  if (status >= 500) return { kind: 'server-error', status };
  const isMcp = status === 202 || mediaType === 'application/json' || mediaType === 'text/event-stream';
  if (!isMcp || status === 404 || status === 405) return { kind: 'not-mcp', status, mediaType };
  return status >= 400 ? { kind: 'mcp-error', code: `status ${status}` } : undefined;
}

/** One fault as the reason of a check: its name, what was seen, what to do. */
export function describeFault(fault: Fault, where: string): string {
  switch (fault.kind) {
    case 'unreachable':
      return `unreachable: ${where} gave ${fault.code}. Check the load balancer's name, listener and security groups.`;
    case 'certificate':
      return `certificate: ${where} gave ${fault.code}. Check that the listener's certificate names the URL's host.`;
    case 'time-out':
      return `time-out: ${where} did not end in time. Check that the tasks run and that the network lets them answer.`;
    case 'redirected':
      return `redirected: ${where} gave ${fault.status} to ${fault.scheme || 'no URL'}. Serve both paths, and never send a client to http.`;
    case 'not-mcp':
      return `not-mcp: ${where} gave ${fault.status} ${fault.mediaType || 'without a type'}. Check the listener rules: this looks like the catalog.`;
    case 'server-error':
      return `server-error: ${where} gave ${fault.status}. Check that the target group has healthy tasks, and their log.`;
    case 'token-refused':
      return (
        `token-refused: ${where} gave ${fault.status} to a valid token; the task that answered accepts ` +
        `${fault.keyIds.join(', ') || 'keys that it does not name'}. Roll the service, so that its tasks read the parameters again.`
      );
    case 'token-demanded':
      return `token-demanded: ${where} gave ${fault.status} without a token. It has to be served to everybody.`;
    case 'mcp-error':
      return `mcp-error: ${where} gave ${fault.code}. Check the log of the service.`;
  }
}
