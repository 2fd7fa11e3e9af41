import type { AuthInfo } from '@modelcontextprotocol/server';
import type { EnhancedClaims } from '../../auth/claims.ts';

/** Who a request runs as: the claims of the token that this very request carried. */
export class Principal {
  readonly claims: EnhancedClaims;
  /** The key that the token was verified with. */
  readonly keyId: string;

  constructor(claims: EnhancedClaims, keyId: string) {
    this.claims = claims;
    this.keyId = keyId;
  }
}

/** Hands the principal to the SDK, which passes it on to tools. The token itself stays behind: no tool can leak it. */
export function authInfoOf(principal: Principal): AuthInfo {
  return {
    token: '',
    clientId: principal.claims.sub,
    scopes: principal.claims.scope.split(' '),
    expiresAt: principal.claims.exp,
    extra: { principal },
  };
}

/** The principal of a request, or `undefined` when it came without a token. */
export function principalOf(authInfo: AuthInfo | undefined): Principal | undefined {
  const principal = authInfo?.extra?.principal;
  return principal instanceof Principal ? principal : undefined;
}
