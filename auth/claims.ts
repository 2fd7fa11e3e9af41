import { type Authorization, isLevel, scopeOf } from './authorization.ts';
import { refuseCompressedClaims } from './compressed-claims.ts';
import { isJsonObject, type JsonObject } from './encoding.ts';
import { AuthError } from './errors.ts';
import { isActionName, isBucketName, isPlainText } from './names.ts';

/** The issuer of enhanced tokens. */
export const ISSUER = 'quilt-frontend';

/** Their audience. */
export const AUDIENCE = 'quilt-mcp-server';

/** Distinguishes an enhanced token from the registry's login token. */
export const TOKEN_TYPE = 'enhanced';

/** 24 hours: the maximum lifetime of any token, whoever minted it. */
export const MAX_LIFETIME_SECONDS = 86_400;

/** The claims of an enhanced token (RFC 7519, section 4.1, and RFC 8693, section 4.2, for the registered ones). */
export type EnhancedClaims = Authorization & {
  readonly iss: typeof ISSUER;
  readonly aud: typeof AUDIENCE;
  /** The user's name at the registry. */
  readonly sub: string;
  /** Issued, valid from, expires: seconds since the epoch. */
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly jti: string;
  /** `scopeOf(level)` */
  readonly scope: string;
  readonly token_type: typeof TOKEN_TYPE;
};

/**
 * Validates the claims of an enhanced token: all are present and in the form that minting gives them. `assertTokenIsCurrent` checks
 * the times separately, since its answer changes.
 *
 * Unknown claims are dropped: the issuer may be one release ahead. A list as audience is refused, since other services would accept
 * a token for several of them.
 *
 * @param payload - the decoded payload, or the claims to be minted
 * @throws AuthError with a `TokenErrorCode`; its message names the claim, never its value
 */
export function parseClaims(payload: unknown): EnhancedClaims {
  if (!isJsonObject(payload)) {
    throw new AuthError('token_payload_invalid', 'The payload of the token is not a JSON object.');
  }
  refuseCompressedClaims(payload);
  if (claim(payload, 'iss') !== ISSUER) {
    throw new AuthError('token_issuer_invalid', `The claim iss must be ${ISSUER}.`);
  }
  if (claim(payload, 'aud') !== AUDIENCE) {
    throw new AuthError('token_audience_invalid', `The claim aud must be ${AUDIENCE}, as a string.`);
  }
  if (claim(payload, 'token_type') !== TOKEN_TYPE) {
    throw new AuthError('token_type_invalid', `The claim token_type must be ${TOKEN_TYPE}.`);
  }
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: text(payload, 'sub'),
    ...lifetime(payload),
    jti: text(payload, 'jti'),
    ...levelAndScope(payload),
    roles: list(payload, 'roles', isPlainText, 'role names'),
    permissions: list(payload, 'permissions', isActionName, 'full action names'),
    buckets: buckets(payload),
    token_type: TOKEN_TYPE,
  };
}

function claim(payload: JsonObject, name: keyof EnhancedClaims): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  throw new AuthError('token_claim_missing', `The claim ${name} is missing.`);
}

function text(payload: JsonObject, name: keyof EnhancedClaims): string {
  const value = claim(payload, name);
  if (isPlainText(value)) return value;
  throw invalid(name, 'a string that is not blank, without control characters');
}

function seconds(payload: JsonObject, name: keyof EnhancedClaims): number {
  const value = claim(payload, name);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(name, 'a whole number of seconds since the epoch');
}

function list(
  payload: JsonObject,
  name: keyof EnhancedClaims,
  isItem: (item: unknown) => item is string,
  items: string,
): readonly string[] {
  const value = claim(payload, name);
  if (Array.isArray(value) && value.every(isItem)) return value;
  throw invalid(name, `a list of ${items}`);
}

function buckets(payload: JsonObject): readonly string[] {
  const value = claim(payload, 'buckets');
  if (Array.isArray(value) && value.length === 1 && value[0] === '*') return ['*'];
  return list(payload, 'buckets', isBucketName, 'bare bucket names, or * alone');
}

function lifetime(payload: JsonObject): Pick<EnhancedClaims, 'iat' | 'nbf' | 'exp'> {
  const iat = seconds(payload, 'iat');
  const nbf = seconds(payload, 'nbf');
  const exp = seconds(payload, 'exp');
  if (exp > iat && exp - iat <= MAX_LIFETIME_SECONDS) return { iat, nbf, exp };
  throw new AuthError(
    'token_lifetime_invalid',
    `The claim exp must be 1 to ${MAX_LIFETIME_SECONDS} seconds after iat.`,
  );
}

function levelAndScope(payload: JsonObject): Pick<EnhancedClaims, 'level' | 'scope'> {
  const level = claim(payload, 'level');
  if (!isLevel(level)) throw invalid('level', 'read, write or admin');
  const scope = scopeOf(level);
  if (claim(payload, 'scope') === scope) return { scope, level };
  throw new AuthError('token_scope_mismatch', 'The claim scope must match the claim level.');
}

function invalid(name: keyof EnhancedClaims, rule: string): AuthError {
  return new AuthError('token_claim_invalid', `The claim ${name} must be ${rule}.`);
}

/** The whole header except for the key ID. Only HS256: an attacker could choose any algorithm that the token may choose. */
export const TOKEN_HEADER = { alg: 'HS256', typ: 'JWT' } as const;

/** 8 KiB, half of what Node's HTTP server accepts as headers in total. A token is ASCII: its characters are bytes. */
export const MAX_TOKEN_BYTES = 8192;
