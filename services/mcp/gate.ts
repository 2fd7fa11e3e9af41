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

/** What a client needs before it can have a token, and what reveals nothing. */
const OPEN_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'notifications/initialized',
  'ping',
  'server/discover',
]);

/**
 * Decides as whom a request comes, before its body is read. A token that is shown is always judged, also where none is needed.
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
 * Decides whether a request passes, before the SDK sees it: without a token only what is open to all. A batch is no open method,
 * whatever is in it.
 *
 * @param verdict what {@link judgeToken} said
 * @param request `message` is the parsed body of a POST
 */
export function passGate(
  verdict: Verdict,
  { httpMethod, message }: { readonly httpMethod: string; readonly message: unknown },
): Verdict {
  if (verdict.kind !== 'anonymous' || isOpen(httpMethod, message)) return verdict;
  return refused('token_missing', 'This request needs an enhanced token as its bearer token.');
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
  // The end of a session; it ends nothing but itself.
  if (httpMethod === 'DELETE') return true;
  return httpMethod === 'POST' && OPEN_METHODS.has(methodOf(message) ?? '');
}

/**
 * What the gate decided: who came, with what rights and under which key, or why they were turned away. A token that is known
 * already is worth a line only to somebody who looks for it; the line of what it was used for names its owner anyway.
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
