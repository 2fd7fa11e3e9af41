import type { CryptoKey } from 'jose';
import { importHmacKey } from './hmac-key.ts';
import { type KeySet, secretOfKey } from './key-set.ts';

/** The accepted keys by key ID, ready for use. */
export type VerificationKeys = ReadonlyMap<string, CryptoKey>;

/**
 * Imports the keys of a set, once, so that verifying a token does not.
 *
 * @param set - a set from `parseKeySet` or `createKeySet`
 */
export async function importVerificationKeys(set: KeySet): Promise<VerificationKeys> {
  return new Map(
    await Promise.all(set.keys.map(async (key) => [key.kid, await importHmacKey(secretOfKey(key), 'verify')] as const)),
  );
}
