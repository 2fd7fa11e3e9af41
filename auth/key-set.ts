import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeBase64url, encodeBase64url, isJsonObject, type JsonObject, parseJsonObject } from './encoding.ts';
import { AuthError } from './errors.ts';
import { isKeyLabel, keyIdOf, keyLabelOf } from './key-id.ts';
import { normalizeSecret } from './normalize-secret.ts';

/** One secret as a symmetric JWK (RFC 7518, section 6.4); `k` is the base64url of the secret's UTF-8 bytes. */
export type OctKey = {
  readonly kty: 'oct';
  readonly use?: 'sig';
  readonly alg: 'HS256';
  readonly kid: string;
  readonly k: string;
};

/** The accepted secrets, as a JWK Set (RFC 7517, section 5) of one or two keys. */
export type KeySet = { readonly keys: readonly OctKey[] };

const MAX_KEYS = 2;
const KEY_MEMBERS: ReadonlySet<string> = new Set(['kty', 'use', 'alg', 'kid', 'k']);
const REMEDY = 'Restore the parameter from its history.';

/**
 * Creates the key set of one or two secrets.
 *
 * @param secrets - the secrets; they are normalized
 * @param label - the label of the key IDs, see `keyIdOf`
 * @throws AuthError with a `SecretErrorCode`, or `key_label_invalid`, `key_set_size_invalid`, `key_set_duplicate_key`
 */
export async function createKeySet(secrets: readonly string[], label?: string): Promise<KeySet> {
  const keys = await Promise.all(
    secrets.map(async (secret): Promise<OctKey> => {
      const k = encodeBase64url(normalizeSecret(secret));
      return { kty: 'oct', use: 'sig', alg: 'HS256', kid: await keyIdOf(secret, label), k };
    }),
  );
  return checkedSet(keys);
}

/**
 * Parses a key set and trusts nothing in it: each secret must pass `normalizeSecret` unchanged, and each key ID is recomputed.
 *
 * Members other than those of `KeySet` are refused. RFC 7517 has readers ignore them, for sets that others publish. This set has one
 * writer; a member that it does not write (`exp`, `key_ops`) was meant to limit the key, and ignoring it would accept more than its
 * author intended.
 *
 * @param json - the parameter's text, or `undefined` if it does not exist
 * @throws AuthError with a `KeySetErrorCode`; no message contains a key or any other text of the set
 */
export async function parseKeySet(json: string | undefined): Promise<KeySet> {
  if (json === undefined || json.trim() === '') {
    throw new AuthError('key_set_missing', `The key set is missing or empty. ${REMEDY}`);
  }
  const set = parseJsonObject(json);
  if (set === undefined) {
    throw new AuthError('key_set_json_invalid', `The key set is not a JSON object. ${REMEDY}`);
  }
  if (!Array.isArray(set.keys) || Object.keys(set).length !== 1) {
    throw new AuthError('key_set_shape_invalid', `The key set must have exactly one member, "keys", a list. ${REMEDY}`);
  }
  assertSize(set.keys.length);
  return checkedSet(await Promise.all(set.keys.map(parseKey)));
}

/**
 * Serializes a key set as JSON, always in the same order of members; `parseKeySet` parses it.
 *
 * @returns text that contains the secrets: only for the parameter's value
 */
export function serializeKeySet(set: KeySet): string {
  const keys = set.keys.map(({ kty, use, alg, kid, k }) => ({ kty, use, alg, kid, k }));
  return JSON.stringify({ keys });
}

/** The secret of a validated key. */
export function secretOfKey(key: OctKey): string {
  return Buffer.from(key.k, 'base64url').toString('utf8');
}

/**
 * Finds the key of a secret in constant time, by comparing values, never key IDs.
 *
 * @param set - a validated set
 * @param secret - the secret; it is normalized
 * @returns the key, or `undefined` when the set does not contain the secret
 * @throws AuthError with a `SecretErrorCode`
 */
export function findKeyOfSecret(set: KeySet, secret: string): OctKey | undefined {
  const wanted = sha256(normalizeSecret(secret));
  let found: OctKey | undefined;
  for (const key of set.keys) {
    if (timingSafeEqual(sha256(secretOfKey(key)), wanted)) found = key;
  }
  return found;
}

/** `timingSafeEqual` requires equal lengths; secrets differ in length, digests do not. */
function sha256(secret: string): Uint8Array {
  return createHash('sha256').update(secret, 'utf8').digest();
}

function checkedSet(keys: readonly OctKey[]): KeySet {
  assertSize(keys.length);
  // By thumbprint alone, so that one secret under two labels is a duplicate too.
  if (new Set(keys.map((key) => key.kid.split('.').at(-1))).size !== keys.length) {
    throw new AuthError('key_set_duplicate_key', `The key set contains the same key twice. ${REMEDY}`);
  }
  return { keys };
}

function assertSize(size: number): void {
  if (size < 1 || size > MAX_KEYS) {
    throw new AuthError(
      'key_set_size_invalid',
      `The key set contains ${size} keys; it must contain one or two. ${REMEDY}`,
    );
  }
}

async function parseKey(key: unknown, index: number): Promise<OctKey> {
  const where = `keys[${index}] of the key set`;
  if (!isJsonObject(key) || !Object.keys(key).every((member) => KEY_MEMBERS.has(member))) {
    throw new AuthError(
      'key_set_shape_invalid',
      `${where} is not an object of kty, use, alg, kid and k alone. ${REMEDY}`,
    );
  }
  if (key.kty !== 'oct') throw new AuthError('key_type_invalid', `kty in ${where} is not "oct". ${REMEDY}`);
  if (key.alg !== 'HS256') throw new AuthError('key_algorithm_invalid', `alg in ${where} is not "HS256". ${REMEDY}`);
  if (Object.hasOwn(key, 'use') && key.use !== 'sig') {
    throw new AuthError('key_use_invalid', `use in ${where} is neither "sig" nor left out. ${REMEDY}`);
  }
  const { k, secret } = parseSecret(key, where);
  const kid = await parseKeyId(key, secret, where);
  return { kty: 'oct', ...(key.use === 'sig' ? { use: key.use } : {}), alg: 'HS256', kid, k };
}

function parseSecret(key: JsonObject, where: string): { k: string; secret: string } {
  const bytes = typeof key.k === 'string' ? decodeBase64url(key.k) : undefined;
  if (typeof key.k !== 'string' || bytes === undefined) {
    throw new AuthError('key_value_invalid', `k in ${where} is not canonical base64url. ${REMEDY}`);
  }
  // Invalid UTF-8 becomes U+FFFD here, which no secret may contain.
  const secret = Buffer.from(bytes).toString('utf8');
  if (normalizedSecret(secret, where) !== secret) {
    throw new AuthError('key_secret_invalid', `The secret in ${where} has white space around it. ${REMEDY}`);
  }
  return { k: key.k, secret };
}

function normalizedSecret(secret: string, where: string): string {
  try {
    return normalizeSecret(secret);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    throw new AuthError('key_secret_invalid', `In ${where}: ${error.message}`);
  }
}

async function parseKeyId(key: JsonObject, secret: string, where: string): Promise<string> {
  const label = typeof key.kid === 'string' ? keyLabelOf(key.kid) : '';
  if (!isKeyLabel(label)) {
    throw new AuthError('key_id_invalid', `kid in ${where} is not <label>.<thumbprint>. ${REMEDY}`);
  }
  const keyId = await keyIdOf(secret, label);
  if (key.kid !== keyId) {
    throw new AuthError('key_id_mismatch', `kid in ${where} does not belong to its k. ${REMEDY}`);
  }
  return keyId;
}
