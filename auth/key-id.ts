import { calculateJwkThumbprint } from 'jose';
import { encodeBase64url } from './encoding.ts';
import { AuthError } from './errors.ts';
import { normalizeSecret } from './normalize-secret.ts';

/** The default label of a key. */
export const DEFAULT_KEY_LABEL = 'frontend-enhanced';

/** 48 bits: enough to distinguish the keys of one installation, and no help in guessing a generated secret. */
const THUMBPRINT_CHARACTERS = 8;

const LABEL = /^[A-Za-z0-9-]{1,64}$/;

/** Whether a text can be the label of a key ID: 1 to 64 letters, digits and hyphens. */
export function isKeyLabel(label: string): boolean {
  return LABEL.test(label);
}

/**
 * The key ID of a secret: `<label>.<first 8 characters of its JWK thumbprint>` (RFC 7638, SHA-256, over `k` and `kty`).
 *
 * It is public. A secret that a person invented could be guessed from it, as from any token; a generated one cannot.
 *
 * @param secret - the secret; it is normalized, so that surrounding white space does not change the key ID
 * @param label - 1 to 64 letters, digits and hyphens
 * @throws AuthError with a `SecretErrorCode`, or `key_label_invalid`
 */
export async function keyIdOf(secret: string, label: string = DEFAULT_KEY_LABEL): Promise<string> {
  if (!isKeyLabel(label)) {
    throw new AuthError('key_label_invalid', 'The key label must be 1 to 64 letters, digits and hyphens.');
  }
  return `${label}.${(await thumbprintOf(secret)).slice(0, THUMBPRINT_CHARACTERS)}`;
}

/** The label of a key ID: everything before its last dot; empty without one. */
export function keyLabelOf(keyId: string): string {
  return keyId.slice(0, Math.max(0, keyId.lastIndexOf('.')));
}

/**
 * The whole JWK thumbprint of a secret (RFC 7638, SHA-256, base64url). The few characters in a key ID can be made to collide; the
 * whole thumbprint cannot.
 *
 * @param secret - the secret; it is normalized
 * @throws AuthError with a `SecretErrorCode`
 */
export async function thumbprintOf(secret: string): Promise<string> {
  return calculateJwkThumbprint({ kty: 'oct', k: encodeBase64url(normalizeSecret(secret)) });
}
