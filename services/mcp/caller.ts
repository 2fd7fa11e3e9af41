import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Principal } from './principal.ts';
import type { SessionFacts } from './sessions/session-facts.ts';

export type Era = 'legacy' | 'modern';

/** Who calls, as this very request showed it: nothing here outlives the request. */
export type Caller = {
  readonly principal: Principal;
  /** Whether this task had verified the token before. */
  readonly cacheHit: boolean;
  /** When the token is no longer accepted, leeway included: seconds since the epoch. */
  readonly acceptedUntil: number;
  readonly era: Era;
  /** The session that the request names; the modern era has none. */
  readonly session: SessionFacts | undefined;
};

/** Hands the caller to the SDK, which passes it on to tools. The token itself stays behind: no tool can leak it. */
export function authInfoOf(caller: Caller): AuthInfo {
  const { claims, scopes } = caller.principal;
  return { token: '', clientId: claims.sub, scopes: [...scopes], expiresAt: claims.exp, extra: { caller } };
}

/** The caller of a request, or `undefined` when it came without a token. */
export function callerOf(authInfo: AuthInfo | undefined): Caller | undefined {
  return authInfo?.extra?.caller as Caller | undefined;
}
