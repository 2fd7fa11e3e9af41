import { KEY_IDS_HEADER, TASK_HEADER } from '../../contract/http.ts';
import type { DialError } from './dial.ts';

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

/** The facts of one response, without its body. */
export type Answer = {
  readonly status: number;
  /** `text/html`, or empty. */
  readonly mediaType: string;
  /** Scheme of a redirect's target, or empty. */
  readonly redirectScheme: 'http' | 'https' | 'other' | '';
  /** The task that answered, by its own header; `undefined` without one. */
  readonly task: string | undefined;
  /** The keys that the task reports. */
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
        `${fault.accepted.join(', ') || 'keys that it does not name'}. Redeploy the service so that its tasks read the parameters again.`
      );
    case 'token-demanded':
      return `${where} gave ${fault.status} without a token. Serve it without authentication.`;
    case 'mcp-error':
      return `${where} gave ${fault.code}. Check the log of the service.`;
  }
}

/** A failed request; the message begins with the name of its fault, followed by what was seen and what to do. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly kind: Fault['kind'];
  /** What was seen and what to do, without the name. */
  readonly text: string;

  constructor(kind: Fault['kind'], text: string) {
    super(`${kind}: ${text}`);
    this.kind = kind;
    this.text = text;
  }
}

/**
 * Converts a fault to the failure of a request.
 *
 * @param where - the request: `tools/list without a token`
 */
export function failureOf(fault: Fault, where: string): RequestFailure {
  return new RequestFailure(fault.kind, describe(fault, where));
}

function redirectScheme(location: string, url: URL): Answer['redirectScheme'] {
  if (location === '' || !URL.canParse(location, url.href)) return '';
  switch (new URL(location, url).protocol) {
    case 'http:':
      return 'http';
    case 'https:':
      return 'https';
    default:
      return 'other';
  }
}

/**
 * The facts of a response, for `faultOfAnswer`.
 *
 * @param tokenKeyId - the key of the valid token that the request carried, if it carried one
 */
export function answerOf(response: Response, url: URL, tokenKeyId: string | undefined): Answer {
  return {
    status: response.status,
    mediaType: /^[\w.+-]+\/[\w.+-]+/.exec(response.headers.get('content-type') ?? '')?.[0].toLowerCase() ?? '',
    redirectScheme: redirectScheme(response.headers.get('location') ?? '', url),
    task: taskOf(response.headers),
    keyIds: keyIdsOf(response.headers),
    tokenKeyId,
  };
}

const TASK = /^[0-9a-f]{16}$/;
const KEY_ID = /^[A-Za-z0-9-]{1,64}\.[A-Za-z0-9_-]{8}$/;

/** The task that a response names. Text of another form is ignored, since it would go into the report. */
export function taskOf(headers: Headers): string | undefined {
  const task = headers.get(TASK_HEADER) ?? '';
  return TASK.test(task) ? task : undefined;
}

/** The key IDs that a response names. Text of another form is ignored, since it would go into the report. */
export function keyIdsOf(headers: Headers): readonly string[] {
  const listed = headers.get(KEY_IDS_HEADER)?.split(',') ?? [];
  return listed.map((keyId) => keyId.trim()).filter((keyId) => KEY_ID.test(keyId));
}
