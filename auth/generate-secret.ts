import { randomBytes } from 'node:crypto';

/** A multiple of three, so that base64url fills every bit of the last character. */
const ENTROPY_BYTES = 48;

/**
 * Generates a signing secret: 64 base64url characters from 48 bytes of the operating system's generator.
 *
 * @returns a secret that `normalizeSecret` accepts unchanged
 */
export function generateSecret(): string {
  return randomBytes(ENTROPY_BYTES).toString('base64url');
}
