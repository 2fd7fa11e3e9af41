import type { ServerResponse } from 'node:http';
import { HttpError } from '../shared/http-messages.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from './metrics/metrics.ts';
import { PARSE_ERROR, REQUEST_REFUSED, SESSION_UNKNOWN, sendRpcError, UNAUTHORIZED } from './protocol/json-rpc.ts';
import type { AuthenticationReason, EdgeReason, RequestReason, SessionReason } from './reasons.ts';

/** Why the endpoint refuses a request, by the check that refused it. */
export type Refusal =
  /** The host or the origin is not allowed. */
  | { readonly kind: 'edge'; readonly reason: EdgeReason; readonly error: HttpError }
  /** The request cannot be served as written. */
  | { readonly kind: 'request'; readonly reason: RequestReason | SessionReason; readonly error: HttpError }
  | {
      readonly kind: 'token';
      readonly reason: AuthenticationReason;
      /** Safe to send: contains nothing of the token. */
      readonly message: string;
      /** Whether the request had a bearer token (RFC 6750 section 3.1). */
      readonly tokenShown: boolean;
    }
  /** The session ended, or is not from this service. */
  | { readonly kind: 'session'; readonly reason: 'session_unknown' }
  /** The session belongs to a principal other than `sub`. */
  | { readonly kind: 'session'; readonly reason: 'session_foreign'; readonly sub: string | undefined };

/** The parts of a refused request that its response uses. */
type Refused = {
  /** Challenge parameter: the location of the protected-resource metadata (RFC 9728 section 5.1). */
  readonly parameter: string;
  readonly id: string | number | null;
};

/** Thrown for a refusal that is more than an HTTP error. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/** The refusal that an error stands for; undefined for a fault of the service. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof RefusedRequest) return error.refusal;
  if (!(error instanceof HttpError)) return undefined;
  const reason = error.code as RequestReason | EdgeReason | SessionReason;
  if (reason === 'host_not_allowed' || reason === 'origin_not_allowed') return { kind: 'edge', reason, error };
  return { kind: 'request', reason, error };
}

/** Counts and logs a refusal. */
export function reportRefusal(logger: Logger, metrics: Metrics, refusal: Refusal): void {
  const { kind, reason } = refusal;
  // Every legacy client requests a stream for its session, which servers need not support: this is expected.
  const isExpected = reason === 'method_not_allowed';
  if (!isExpected) metrics.refused(reason);
  switch (kind) {
    case 'edge':
      // The edge logs its refusals itself.
      return;
    case 'request':
      logger[isExpected ? 'debug' : 'info']({ event: 'request_refused', reason }, refusal.error.message);
      return;
    case 'token':
      logger.warn({ event: 'authentication_failed', reason }, refusal.message);
      return;
    case 'session':
      if (refusal.reason === 'session_unknown') {
        logger.info({ event: 'session_refused', reason }, 'session ended or unknown');
      } else {
        logger.warn({ event: 'session_refused', reason, sub: refusal.sub }, 'session belongs to another principal');
      }
  }
}

/**
 * Sends the response to a refusal. A refused token gets 401 with the challenge of RFC 6750 section 3: no error attribute when there
 * was no token, `invalid_token` otherwise. A foreign session gets the 403 of its section 3.1: the token is valid, but not for this
 * session. The reason code is also in the body, for clients that branch on it.
 */
export function sendRefusal(response: ServerResponse, refusal: Refusal, { parameter, id }: Refused): void {
  const { reason } = refusal;
  switch (refusal.kind) {
    case 'edge':
    case 'request': {
      const { status, message, headers } = refusal.error;
      const code = reason === 'json_invalid' ? PARSE_ERROR : REQUEST_REFUSED;
      sendRpcError(response, status, { code, message, reason, id }, headers);
      return;
    }
    case 'token': {
      const { message, tokenShown } = refusal;
      const attributes = tokenShown ? ['error="invalid_token"', describe(message)] : [];
      sendRpcError(response, 401, { code: UNAUTHORIZED, message, reason, id }, challenge(attributes, parameter));
      return;
    }
    case 'session': {
      if (refusal.reason === 'session_unknown') {
        // This status tells a client to start a new session.
        const message = 'The session has ended. Start a new one with initialize.';
        sendRpcError(response, 404, { code: SESSION_UNKNOWN, message, reason, id });
        return;
      }
      const message = 'The session belongs to another principal. Start your own with initialize.';
      const attributes = ['error="insufficient_scope"', describe(message)];
      sendRpcError(response, 403, { code: REQUEST_REFUSED, message, reason, id }, challenge(attributes, parameter));
    }
  }
}

function describe(message: string): string {
  return `error_description="${message}"`;
}

function challenge(attributes: readonly string[], parameter: string): Readonly<Record<string, string>> {
  return {
    'www-authenticate': `Bearer ${['realm="quilt-mcp"', ...attributes, parameter].join(', ')}`,
    'cache-control': 'no-store',
  };
}
