import { AuthError } from './errors.ts';
import { isPublishedSecret } from './published-secrets.ts';

/** RFC 7518 section 3.2: an HS256 key is at least as long as the hash output. */
export const MIN_SECRET_BYTES = 32;

/** Two keys of this size, as a JWK Set, still fit a standard SSM parameter (4,096 bytes). */
export const MAX_SECRET_BYTES = 1024;

/** Unicode's White_Space property, and the byte order mark that editors put in front of a file. */
const WHITE_SPACE = /[\p{White_Space}\uFEFF]/u;

const PRINTABLE_ASCII = /^[\x21-\x7e]*$/;

const REMEDY = "Put the last good value back from the parameter's history.";

/**
 * The one rule for what may be a signing secret, applied at every entrance: surrounding white space is dropped (a file or
 * `echo` adds a newline, and 65 bytes sign differently from 64), then the rest has to be 32 to 1,024 bytes of printable
 * ASCII (0x21 to 0x7e) that was never published. The result's UTF-8 bytes are the HMAC key. Idempotent.
 *
 * @param value - the raw value, as it came from a parameter or the environment
 * @returns the secret
 * @throws AuthError with a `SecretErrorCode`; its message depends on the rule and the length only, never on the value
 */
export function normalizeSecret(value: string | undefined): string {
  const secret = trim(value ?? '');
  if (secret === '') {
    throw new AuthError('secret_missing', `The secret is missing, or holds nothing but white space. ${REMEDY}`);
  }
  // Before the lengths: one published value is too short as well, and that it is known to anybody is the worse news.
  if (isPublishedSecret(secret)) {
    throw new AuthError(
      'secret_published',
      `The secret is a value that was published, so anybody can sign with it. ${REMEDY}`,
    );
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

/** `String.prototype.trim` leaves U+0085 in place; a regular expression anchored at the end is quadratic on blank runs. */
function trim(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && WHITE_SPACE.test(value.charAt(start))) start += 1;
  while (end > start && WHITE_SPACE.test(value.charAt(end - 1))) end -= 1;
  return value.slice(start, end);
}
