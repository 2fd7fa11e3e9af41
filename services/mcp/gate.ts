import { AuthError, type TokenErrorCode } from '../../auth/errors.ts';
import { readBearerToken } from '../shared/http-messages.ts';
import type { Logger } from '../shared/logger.ts';
import type { Authenticate, Authenticated } from './authenticator.ts';
import type { Metrics } from './metrics/metrics.ts';
import { methodOf } from './protocol/json-rpc.ts';
import type { AuthenticationReason } from './reasons.ts';
import { type Refusal, reportRefusal } from './refusal.ts';

export type Verdict =
  | { readonly kind: 'anonymous' }
  | ({ readonly kind: 'authenticated' } & Authenticated)
  | { readonly kind: 'refused'; readonly refusal: Extract<Refusal, { kind: 'token' }> };

/** Methods that a client needs before it has a token; they reveal nothing. */
const OPEN_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'notifications/initialized',
  'ping',
  'server/discover',
]);

/**
 * Authenticates a request before its body is read. A token that is sent is always verified, even where none is required.
 */
export async function judgeToken(authorization: string | undefined, authenticate: Authenticate): Promise<Verdict> {
  const credentials = readBearerToken(authorization);
  switch (credentials.kind) {
    case 'bearer':
      return judge(credentials.token, authenticate);
    case 'other_scheme':
      return refused('authorization_scheme_unsupported', 'Use the Bearer scheme with an enhanced token.');
    case 'none':
      return { kind: 'anonymous' };
  }
}

/**
 * Decides whether a request passes, before the SDK sees it: without a token, only open methods pass. A batch is never an open
 * method, whatever it contains.
 *
 * @param verdict from {@link judgeToken}
 * @param request `message` is the parsed body of a POST
 */
export function passGate(
  verdict: Verdict,
  { httpMethod, message }: { readonly httpMethod: string; readonly message: unknown },
): Verdict {
  if (verdict.kind !== 'anonymous' || isOpen(httpMethod, message)) return verdict;
  return refused('token_missing', 'This request requires an enhanced token as its bearer token.');
}

async function judge(token: string, authenticate: Authenticate): Promise<Verdict> {
  try {
    return { kind: 'authenticated', ...(await authenticate(token)) };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    // Verification throws no other codes.
    const reason = error.code as TokenErrorCode;
    return { kind: 'refused', refusal: { kind: 'token', reason, message: error.message, tokenShown: true } };
  }
}

function refused(reason: AuthenticationReason, message: string): Verdict {
  return { kind: 'refused', refusal: { kind: 'token', reason, message, tokenShown: false } };
}

function isOpen(httpMethod: string, message: unknown): boolean {
  // Ends a session and grants nothing.
  if (httpMethod === 'DELETE') return true;
  return httpMethod === 'POST' && OPEN_METHODS.has(methodOf(message) ?? '');
}

/**
 * Logs the gate's decision: the principal with rights and key, or the reason of a refusal. A cached token is logged at debug level
 * only; the log line of the tool call names its owner anyway.
 */
export function logVerdict(logger: Logger, metrics: Metrics, verdict: Verdict): void {
  switch (verdict.kind) {
    case 'anonymous':
      logger.debug({ event: 'anonymous_request' }, 'a request that needs no token');
      return;
    case 'refused':
      reportRefusal(logger, metrics, verdict.refusal);
      return;
    case 'authenticated': {
      const { cacheHit, principal } = verdict;
      metrics.accepted({ cacheHit });
      const level = cacheHit ? 'debug' : 'info';
      if (!logger.isLevelEnabled(level)) return;
      const { claims, keyId } = principal;
      const fields = {
        event: 'authenticated',
        method: 'bearer',
        sub: claims.sub,
        roles: claims.roles,
        permissionCount: claims.permissions.length,
        bucketCount: claims.buckets.length,
        keyId,
        cacheHit,
      };
      logger[level](fields, 'token accepted');
    }
  }
}
