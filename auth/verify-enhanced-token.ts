import { type CryptoKey, compactVerify, errors } from 'jose';
import { type EnhancedClaims, MAX_TOKEN_BYTES, parseClaims, TOKEN_HEADER } from './claims.ts';
import { compressed } from './compressed-claims.ts';
import { decodeBase64url, parseJsonObject } from './encoding.ts';
import { AuthError } from './errors.ts';
import type { VerificationKeys } from './keys.ts';
import { assertTokenIsCurrent, type TokenTimeOptions } from './token-time.ts';

/** The claims of a valid token and the key that verified it. */
export type VerifiedToken = { readonly claims: EnhancedClaims; readonly keyId: string };

const REMEDY = 'Get a new token from the catalog.';

/** Fatal, and keeps the byte order mark: lenient decoding could differ from that of another reader. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Verifies an enhanced token (RFC 7519, section 7.2, with the advice of RFC 8725): text before header, header before key, key
 * before signature; no claim is read before the signature is verified.
 *
 * jose verifies the signature. `compactVerify` and not `jwtVerify`, because the rules for claims are stricter than JWT's and the cache
 * of verified tokens repeats the check of times: the rules are only in `parseClaims` and `assertTokenIsCurrent`.
 *
 * @example
 * const { claims } = await verifyEnhancedToken(token, keys, { leewaySeconds: 10 });
 * @param token - the text after `Bearer `; anything at all
 * @param keys - the accepted keys; only the one with the token's key ID is tried
 * @throws AuthError with a `TokenErrorCode`. Its message contains nothing of the token, and only characters that an
 *   `error_description` may have (RFC 6750, section 3).
 * @throws RangeError for an option outside its range
 */
export async function verifyEnhancedToken(
  token: unknown,
  keys: VerificationKeys,
  options: TokenTimeOptions = {},
): Promise<VerifiedToken> {
  const { text, header, payload } = split(token);
  const keyId = readKeyId(header);
  const key = keys.get(keyId);
  if (key === undefined) {
    throw new AuthError('token_key_id_unknown', `The key of the token is not accepted, or no longer. ${REMEDY}`);
  }
  await verifySignature(text, key);
  const claims = parseClaims(readObject(payload));
  assertTokenIsCurrent(claims, options);
  return { claims, keyId };
}

function split(token: unknown): { text: string; header: Uint8Array; payload: Uint8Array } {
  if (typeof token !== 'string') throw new AuthError('token_malformed', `The token is not a string. ${REMEDY}`);
  // Before any other work. Counts characters, not bytes: a token that is longer in bytes is not ASCII, and refused below.
  if (token.length > MAX_TOKEN_BYTES) {
    throw new AuthError('token_too_large', `The token is longer than ${MAX_TOKEN_BYTES} bytes. ${REMEDY}`);
  }
  const parts = token.split('.');
  if (parts.length !== 3) {
    throw new AuthError('token_malformed', `The token has ${parts.length} parts; a signed JWT has three. ${REMEDY}`);
  }
  const [header, payload, signature] = parts.map(decodeBase64url);
  if (header === undefined || payload === undefined || signature === undefined) {
    throw new AuthError('token_encoding_invalid', `The token is not canonical base64url throughout. ${REMEDY}`);
  }
  return { text: token, header, payload };
}

/** A header has a key ID and no other parameter; any other (`crit`, `b64`, `jku`, `jwk`) would be an instruction to the verifier. */
function readKeyId(bytes: Uint8Array): string {
  const header = readObject(bytes);
  if (header === undefined) {
    throw new AuthError('token_header_invalid', `The header of the token is not a JSON object. ${REMEDY}`);
  }
  if (Object.hasOwn(header, 'zip')) throw compressed('its header has zip');
  if (header.alg !== TOKEN_HEADER.alg) {
    throw new AuthError('token_algorithm_not_allowed', `The token is not signed with ${TOKEN_HEADER.alg}. ${REMEDY}`);
  }
  if (header.typ !== TOKEN_HEADER.typ) {
    throw new AuthError('token_header_invalid', `The header member typ must be ${TOKEN_HEADER.typ}. ${REMEDY}`);
  }
  if (typeof header.kid !== 'string') {
    throw new AuthError('token_key_id_missing', `The header of the token has no key ID (kid). ${REMEDY}`);
  }
  if (Object.keys(header).length !== 3) {
    throw new AuthError('token_header_invalid', `The header may contain only alg, typ and kid. ${REMEDY}`);
  }
  return header.kid;
}

async function verifySignature(token: string, key: CryptoKey): Promise<void> {
  try {
    await compactVerify(token, key, { algorithms: [TOKEN_HEADER.alg] });
  } catch (error) {
    if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    throw new AuthError('token_signature_invalid', `The token signature is invalid. ${REMEDY}`);
  }
}

function readObject(bytes: Uint8Array): ReturnType<typeof parseJsonObject> {
  try {
    return parseJsonObject(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
