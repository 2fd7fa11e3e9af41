import { calculateJwkThumbprint } from 'jose';
import { encodeBase64url } from './encoding.ts';
import { AuthError } from './errors.ts';
import { normalizeSecret } from './normalize-secret.ts';

/** The label of a key that was made without asking for another. */
export const DEFAULT_KEY_LABEL = 'frontend-enhanced';

/** 48 bits: enough to tell the keys of one installation apart, and of no help against a generated secret. */
const THUMBPRINT_CHARACTERS = 8;

const LABEL = /^[A-Za-z0-9-]{1,64}$/;

/** Tells whether a text may stand before the dot of a key ID: 1 to 64 letters, digits and hyphens. */
export function isKeyLabel(label: string): boolean {
  return LABEL.test(label);
}

/**
 * The key ID of a secret: `<label>.<first 8 characters of its JWK thumbprint>` (RFC 7638, SHA-256, over `k` and `kty`).
 *
 * It is public. A secret that a person made up could be guessed against it, as against any token; a generated one cannot.
 *
 * @param secret - the secret; it is normalized, so that white space around it does not make another key ID
 * @param label - 1 to 64 letters, digits and hyphens
 * @throws AuthError with a `SecretErrorCode`, or `key_label_invalid`
 */
export async function keyIdOf(secret: string, label: string = DEFAULT_KEY_LABEL): Promise<string> {
  if (!isKeyLabel(label)) {
    throw new AuthError('key_label_invalid', 'The key label has to be 1 to 64 letters, digits and hyphens.');
  }
  return `${label}.${(await thumbprintOf(secret)).slice(0, THUMBPRINT_CHARACTERS)}`;
}

/** The label of a key ID, which is everything before its last dot; empty when there is none. */
export function keyLabelOf(keyId: string): string {
  return keyId.slice(0, Math.max(0, keyId.lastIndexOf('.')));
}

/**
 * The whole JWK thumbprint of a secret (RFC 7638, SHA-256, base64url). Unlike the few characters of a key ID it tells two secrets
 * apart that somebody made to look alike.
 *
 * @param secret - the secret; it is normalized
 * @throws AuthError with a `SecretErrorCode`
 */
export async function thumbprintOf(secret: string): Promise<string> {
  return calculateJwkThumbprint({ kty: 'oct', k: encodeBase64url(normalizeSecret(secret)) });
}
