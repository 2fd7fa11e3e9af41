import { hash } from 'node:crypto';
import type { AuthInfo } from '@modelcontextprotocol/server';
import type { EnhancedClaims } from '../../auth/claims.ts';
import type { SessionFacts } from './facts.ts';

/** The identity of a request: the claims of the token that it carries. */
export class Principal {
  readonly claims: EnhancedClaims;
  /** The key that verified the token. */
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** 128 bits of a hash of issuer and subject, the same for all tokens of a user. */
  readonly tag: string;

  constructor(claims: EnhancedClaims, keyId: string) {
    this.claims = claims;
    this.keyId = keyId;
    this.scopes = claims.scope.split(' ');
    this.tag = hash('sha256', `quilt-mcp principal\0${claims.iss}\0${claims.sub}`, 'base64url').slice(0, 22);
  }
}

export type Era = 'legacy' | 'modern';

/** The caller of one request. It is not kept after the request. */
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

/** Passes the caller to the SDK, which passes it to tools. It leaves out the token, so no tool can leak it. */
export function authInfoOf(caller: Caller): AuthInfo {
  const { claims, scopes } = caller.principal;
  return { token: '', clientId: claims.sub, scopes: [...scopes], expiresAt: claims.exp, extra: { caller } };
}

/** The caller of a request, or `undefined` when it came without a token. */
export function callerOf(authInfo: AuthInfo | undefined): Caller | undefined {
  return authInfo?.extra?.caller as Caller | undefined;
}
