import { hash } from 'node:crypto';
import type { EnhancedClaims } from '../../auth/claims.ts';

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
