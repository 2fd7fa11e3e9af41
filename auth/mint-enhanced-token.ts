import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Authorization, scopeOf } from './authorization.ts';
import {
  AUDIENCE,
  type EnhancedClaims,
  ISSUER,
  MAX_LIFETIME_SECONDS,
  MAX_TOKEN_BYTES,
  parseClaims,
  TOKEN_HEADER,
  TOKEN_TYPE,
} from './claims.ts';
import { AuthError } from './errors.ts';
import type { SigningKey } from './keys.ts';
import { epochSeconds } from './token-time.ts';

/** One hour. */
export const DEFAULT_LIFETIME_SECONDS = 3600;

/** The content of a token. */
export type MintOptions = {
  readonly signingKey: SigningKey;
  /** The user's name at the registry. */
  readonly subject: string;
  /** The rights, from `authorizeRoles` and never from the caller's request. */
  readonly authorization: Authorization;
  /** Whole seconds, 1 to 86,400. @default 3600 */
  readonly lifetimeSeconds?: number | undefined;
  /** @default the current time */
  readonly now?: Date | undefined;
};

/** A token with its claims and key ID, so that callers need not decode it. */
export type MintedToken = { readonly token: string; readonly claims: EnhancedClaims; readonly keyId: string };

/**
 * Mints an enhanced token: HS256, valid from now on. Claims and size first pass the checks of `verifyEnhancedToken`, so that a minted
 * token is never refused.
 *
 * @example
 * const { token } = await mintEnhancedToken({ signingKey, subject: 'alice', authorization });
 * @throws AuthError `token_lifetime_invalid`, `token_too_large`, or the errors of `parseClaims`
 */
export async function mintEnhancedToken({
  signingKey,
  subject,
  authorization,
  lifetimeSeconds = DEFAULT_LIFETIME_SECONDS,
  now = new Date(),
}: MintOptions): Promise<MintedToken> {
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > MAX_LIFETIME_SECONDS) {
    throw new AuthError(
      'token_lifetime_invalid',
      `The token lifetime must be 1 to ${MAX_LIFETIME_SECONDS} whole seconds. Correct the configuration.`,
    );
  }
  const iat = epochSeconds(now);
  const claims = parseClaims({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: subject,
    iat,
    nbf: iat,
    exp: iat + lifetimeSeconds,
    jti: randomUUID(),
    scope: scopeOf(authorization.level),
    level: authorization.level,
    roles: authorization.roles,
    permissions: authorization.permissions,
    buckets: authorization.buckets,
    token_type: TOKEN_TYPE,
  });
  const token = await new SignJWT(claims)
    .setProtectedHeader({ ...TOKEN_HEADER, kid: signingKey.keyId })
    .sign(signingKey.key);
  if (token.length > MAX_TOKEN_BYTES) {
    throw new AuthError(
      'token_too_large',
      `The token would be ${token.length} bytes; at most ${MAX_TOKEN_BYTES} are accepted. ` +
        `It lists ${claims.buckets.length} buckets and ${claims.permissions.length} permissions: narrow the role, or give it *.`,
    );
  }
  return { token, claims, keyId: signingKey.keyId };
}
