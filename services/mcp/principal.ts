import { hash } from 'node:crypto';
import type { AuthInfo } from '@modelcontextprotocol/server';
import type { EnhancedClaims } from '../../auth/claims.ts';
import type { SessionFacts } from './facts.ts';

/** Who a request runs as: the claims of the token that this very request carried. */
export class Principal {
  readonly claims: EnhancedClaims;
  /** The key that the token was verified with. */
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** 128 bits of a hash of issuer and subject: the same person under another token has the same one. */
  readonly tag: string;

  constructor(claims: EnhancedClaims, keyId: string) {
    this.claims = claims;
    this.keyId = keyId;
    this.scopes = claims.scope.split(' ');
    this.tag = hash('sha256', `quilt-mcp principal\0${claims.iss}\0${claims.sub}`, 'base64url').slice(0, 22);
  }
}

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
