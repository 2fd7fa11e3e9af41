import { AuthError } from './errors.ts';
import { isPublishedSecret } from './published-secrets.ts';

/** RFC 7518 section 3.2: an HS256 key is at least as long as the hash output. */
export const MIN_SECRET_BYTES = 32;

/** Two keys of this size, as a JWK Set, still fit a standard SSM parameter (4,096 bytes). */
export const MAX_SECRET_BYTES = 1024;

/** Unicode's White_Space property, and the byte order mark that editors put in front of a file. */
const WHITE_SPACE = /[\p{White_Space}\uFEFF]/u;

const PRINTABLE_ASCII = /^[\x21-\x7e]*$/;

const REMEDY = "Restore the last good value from the parameter's history.";

/**
 * The only rule for a signing secret, applied wherever one is read. Surrounding white space is removed (a file or `echo` adds a
 * newline, and 65 bytes sign differently from 64). The rest must be 32 to 1,024 bytes of printable ASCII (0x21 to 0x7e) that was
 * never published. Its UTF-8 bytes are the HMAC key. Idempotent.
 *
 * @param value - the raw value from a parameter or the environment
 * @returns the secret
 * @throws AuthError with a `SecretErrorCode`; its message depends only on the rule and the length, never on the value
 */
export function normalizeSecret(value: string | undefined): string {
  const secret = trim(value ?? '');
  if (secret === '') {
    throw new AuthError('secret_missing', `The secret is missing or contains only white space. ${REMEDY}`);
  }
  // Before the lengths: one published value is also too short, but being public is the worse fault.
  if (isPublishedSecret(secret)) {
    throw new AuthError('secret_published', `The secret is a published value, so anyone can sign with it. ${REMEDY}`);
  }
  if (WHITE_SPACE.test(secret)) {
    throw new AuthError(
      'secret_inner_white_space',
      `The secret has white space inside, which is a sign of two values or a broken line. ${REMEDY}`,
    );
  }
  if (!PRINTABLE_ASCII.test(secret)) {
    throw new AuthError(
      'secret_not_printable_ascii',
      `The secret has characters outside printable ASCII (0x21 to 0x7e). ${REMEDY}`,
    );
  }
  // ASCII from here on: characters are bytes.
  if (secret.length < MIN_SECRET_BYTES) {
    throw new AuthError(
      'secret_too_short',
      `The secret is ${secret.length} bytes; at least ${MIN_SECRET_BYTES} are needed (RFC 7518, section 3.2). ${REMEDY}`,
    );
  }
  if (secret.length > MAX_SECRET_BYTES) {
    throw new AuthError(
      'secret_too_long',
      `The secret is ${secret.length} bytes; at most ${MAX_SECRET_BYTES} are accepted. ${REMEDY}`,
    );
  }
  return secret;
}

/** `String.prototype.trim` keeps U+0085; a regular expression anchored at the end is quadratic on blank runs. */
function trim(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && WHITE_SPACE.test(value.charAt(start))) start += 1;
  while (end > start && WHITE_SPACE.test(value.charAt(end - 1))) end -= 1;
  return value.slice(start, end);
}
