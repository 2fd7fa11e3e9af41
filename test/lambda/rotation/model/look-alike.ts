/**
 * Secrets that were made to have the key ID of another one. To find one takes some 2^48 tries; the model has one for the asking, and
 * lets the real function for thumbprints have it too.
 */

const PREFIX = 'looks-like-';
/** So much of a thumbprint is in a key ID. */
const SHOWN = 8;

/** A secret with the key ID of another one, and another thumbprint. */
export function lookAlike(secret: string): string {
  return `${PREFIX}${secret}`;
}

/** The secret that one was made to look like; undefined for any other. */
export function likenessOf(secret: string): string | undefined {
  return secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : undefined;
}

/**
 * The thumbprint of a secret that was made to look like another.
 *
 * @param own - the thumbprint that it has in truth
 * @param like - the thumbprint of the other one
 */
export function disguised(own: string, like: string): string {
  return like.slice(0, SHOWN) + own.slice(SHOWN);
}
