import { createHmac } from 'node:crypto';
import type { EnhancedClaims } from '../../../auth/claims.ts';
import { generateSecret } from '../../../auth/generate-secret.ts';
import type { MintedToken } from '../../../auth/mint-enhanced-token.ts';
import type { CheckName } from '../../../contract/canary-report.ts';

type Json = Readonly<Record<string, unknown>>;

/** The parts of a valid token. */
type Good = {
  readonly claims: EnhancedClaims;
  readonly keyId: string;
  readonly secret: string;
};

/** A token with exactly one fault; its signature is valid unless that is the fault. */
type BadToken = { readonly what: string; readonly forge: (good: Good) => string };

const HOUR_SECONDS = 3600;

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs by hand: `auth` creates only valid tokens. */
function sign(header: Json, claims: Json, secret: string, hash: 'sha256' | 'sha512' = 'sha256'): string {
  const signed = `${encode({ typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

const withClaims =
  (change: (claims: EnhancedClaims) => Json) =>
  ({ claims, keyId, secret }: Good): string =>
    sign({ alg: 'HS256', kid: keyId }, change(claims), secret);

/** A key ID of the same form that belongs to no key. */
function unknownKeyId(keyId: string): string {
  return `${keyId.split('.').slice(0, -1).join('.')}.${generateSecret().slice(0, 8)}`;
}

/** The format of older versions: short names, abbreviated actions. */
function compress({ level, roles, permissions, buckets, scope, ...claims }: EnhancedClaims): Json {
  return { ...claims, l: level, r: roles, p: permissions.length === 0 ? ['g'] : permissions, b: buckets, s: scope };
}

/** Every check that needs a forged token. */
export type BadTokenCheck = Extract<
  CheckName,
  | 'other-key-refused'
  | 'unknown-key-id-refused'
  | 'expired-token-refused'
  | 'not-yet-valid-token-refused'
  | 'wrong-audience-refused'
  | 'wrong-issuer-refused'
  | 'alg-none-refused'
  | 'other-algorithm-refused'
  | 'compressed-claims-refused'
>;

const BAD_TOKENS: Readonly<Record<BadTokenCheck, BadToken>> = {
  'other-key-refused': {
    what: 'with a token of another key under a known key ID',
    forge: ({ claims, keyId }) => sign({ alg: 'HS256', kid: keyId }, claims, generateSecret()),
  },
  'unknown-key-id-refused': {
    what: 'with a token under an unknown key ID',
    forge: ({ claims, keyId, secret }) => sign({ alg: 'HS256', kid: unknownKeyId(keyId) }, claims, secret),
  },
  'expired-token-refused': {
    what: 'with an expired token',
    forge: withClaims(({ iat, nbf, exp, ...claims }) => {
      const earlier = HOUR_SECONDS + (exp - iat);
      return { ...claims, iat: iat - earlier, nbf: nbf - earlier, exp: exp - earlier };
    }),
  },
  'not-yet-valid-token-refused': {
    what: 'with a token that is not yet valid',
    forge: withClaims((claims) => ({
      ...claims,
      nbf: claims.nbf + HOUR_SECONDS,
      exp: claims.exp + HOUR_SECONDS,
    })),
  },
  'wrong-audience-refused': {
    what: 'with a token for another audience',
    forge: withClaims((claims) => ({ ...claims, aud: 'canary-other-audience' })),
  },
  'wrong-issuer-refused': {
    what: 'with a token of another issuer',
    forge: withClaims((claims) => ({ ...claims, iss: 'canary-other-issuer' })),
  },
  'alg-none-refused': {
    what: 'with an unsigned token (alg none)',
    forge: ({ claims, keyId }) => `${encode({ typ: 'JWT', alg: 'none', kid: keyId })}.${encode(claims)}.`,
  },
  'other-algorithm-refused': {
    what: 'with a token of the right key and another algorithm (HS512)',
    forge: ({ claims, keyId, secret }) => sign({ alg: 'HS512', kid: keyId }, claims, secret, 'sha512'),
  },
  'compressed-claims-refused': { what: 'with a token of compressed claims', forge: withClaims(compress) },
};

/** The checks themselves, for reports without forged tokens. */
export const BAD_TOKEN_CHECKS = Object.keys(BAD_TOKENS) as readonly BadTokenCheck[];

/** A bad token and the description of its request. */
export type ForgedToken = { readonly what: string; readonly token: string };

/**
 * Forges the bad tokens of all checks, again for each run. They grant no more than the canary's own token. Those signed with the real
 * secret exist only in their request.
 */
export function forgeBadTokens(
  { claims, keyId }: MintedToken,
  secret: string,
): Readonly<Record<BadTokenCheck, ForgedToken>> {
  const forged = BAD_TOKEN_CHECKS.map((name) => {
    const { what, forge } = BAD_TOKENS[name];
    return [name, { what, token: forge({ claims, keyId, secret }) }] as const;
  });
  return Object.fromEntries(forged) as Record<BadTokenCheck, ForgedToken>;
}
