import { admitSecret } from '../../auth/admit-secret.ts';
import { AuthError, WEAKNESS_CODES } from '../../auth/errors.ts';
import { generateSecret } from '../../auth/generate-secret.ts';
import {
  createKeySet,
  findKeyOfSecret,
  type KeySet,
  parseKeySet,
  secretOfKey,
  serializeKeySet,
} from '../../auth/key-set.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import { Refusal, type SecretParameterProperties } from './properties.ts';

/** The operations on Parameter Store. */
export interface ParameterStore {
  /** The decrypted values of those parameters that exist, by name. */
  get(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Writes or overwrites a SecureString under a KMS key; resolves to its new version. */
  put(name: string, value: string, encryptionKeyArn: string): Promise<number>;
}

/** How the parameters came to be valid. */
type EnsureAction = 'made' | 'adopted' | 'made-from-set' | 'kept';

/** What was done, safe to log: no value, only IDs, versions and lengths in bytes. */
export type Ensured = {
  readonly action: EnsureAction;
  readonly keyId: string;
  readonly acceptedKeyIds: readonly string[];
  readonly secretVersion: number;
  readonly keySetVersion: number;
  /** Length of the secret before (`null`: there was none) and after, in bytes. */
  readonly secretBytes: { readonly before: number | null; readonly after: number };
};

type Plan = { readonly action: EnsureAction; readonly secret: string; readonly set: KeySet; readonly setText: string };

/** Runs a check of `auth`, whose messages hold no value, and adds which parameter failed it and what can be done. */
async function checked<T>(name: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    const exception = WEAKNESS_CODES.some((code) => code === error.code)
      ? ` If a running system uses the value, adopt it with adoptSecretDespite: ['${error.code}'] in the configuration, and rotate it soon.`
      : '';
    throw new Refusal(
      `Parameter ${name} is not usable: ${error.message} Correct or delete it, then deploy again.${exception}`,
    );
  }
}

function planOf(action: EnsureAction, secret: string, set: KeySet, setText = serializeKeySet(set)): Plan {
  return { action, secret, set, setText };
}

/** Decides by the stored values; throws before anything is written. */
async function plan(
  { SecretParameterName, KeySetParameterName, AdoptDespite }: SecretParameterProperties,
  storedSecret: string | undefined,
  storedSet: string | undefined,
): Promise<Plan> {
  // The secret is looked at first even where the set decides, so that a bad one is always named.
  const secret =
    storedSecret === undefined ? undefined : await checked(SecretParameterName, () => normalizeSecret(storedSecret));
  if (storedSet === undefined) {
    // With a key set beside it the secret is in use here already, whatever its shape.
    if (secret !== undefined) await checked(SecretParameterName, () => admitSecret(secret, AdoptDespite));
    const signing = secret ?? generateSecret();
    return planOf(secret === undefined ? 'made' : 'adopted', signing, await createKeySet([signing]));
  }
  const set = await checked(KeySetParameterName, () => parseKeySet(storedSet));
  if (secret === undefined) {
    const [only, ...others] = set.keys;
    if (only === undefined || others.length > 0) {
      throw new Refusal(
        `Parameter ${KeySetParameterName} holds ${set.keys.length} keys and ${SecretParameterName} does not exist, so the signing key is unknown. Put the signing secret back, or delete ${KeySetParameterName} as well, then ` +
          'deploy again.',
      );
    }
    return planOf('made-from-set', secretOfKey(only), set, storedSet.trim());
  }
  return planOf('kept', secret, set, storedSet.trim());
}

/**
 * Requires that nothing was written meanwhile: Parameter Store has no conditional write, and this deploy would overwrite the new value.
 *
 * @param stored - the values that were read before
 */
async function requireUnchanged(
  names: readonly string[],
  stored: ReadonlyMap<string, string>,
  store: ParameterStore,
): Promise<void> {
  const now = await store.get(names);
  const changed = names.filter((name) => now.get(name) !== stored.get(name));
  if (changed.length === 0) return;
  throw new Refusal(
    `Parameter ${changed.join(', ')} was changed during this deploy and was not overwritten. Wait until no rotation of the secret is under way, then deploy again.`,
  );
}

/**
 * Ensures that both parameters exist, are valid and are encrypted under the given key, or refuses; a second call changes no value.
 *
 * The set is always written before the secret. A crash in between leaves a set that accepts the secret to come: either one key
 * without a secret, from which the next call creates the secret, or both as intended.
 *
 * Existing parameters are written again with the same (trimmed) content. Only that ensures the encryption key: GetParameters does
 * not report it, IAM cannot restrict DescribeParameters to single parameters, and GetParameterHistory, which shows old secrets, is
 * for the rotation alone.
 *
 * It ignores the rotation's lock and record, which belong to a later stack. A rotation's write between the last check and the
 * writes here would be overwritten; the rotation then repairs it like any foreign value.
 *
 * @throws Refusal when the stored values are unusable, or were changed meanwhile; nothing has been written then.
 */
export async function ensureParameters(properties: SecretParameterProperties, store: ParameterStore): Promise<Ensured> {
  const { SecretParameterName, KeySetParameterName, EncryptionKeyArn } = properties;
  const names = [SecretParameterName, KeySetParameterName];
  const stored = await store.get(names);
  const storedSecret = stored.get(SecretParameterName);
  const { action, secret, set, setText } = await plan(properties, storedSecret, stored.get(KeySetParameterName));
  const signingKey = findKeyOfSecret(set, secret);
  if (signingKey === undefined) {
    throw new Refusal(
      `The secret in parameter ${SecretParameterName} is not among the keys in ${KeySetParameterName}. Restore the one that ` +
        'belongs to the other, or delete the wrong one (it is then created from the other), and deploy again.',
    );
  }

  await requireUnchanged(names, stored, store);
  const keySetVersion = await store.put(KeySetParameterName, setText, EncryptionKeyArn);
  const secretVersion = await store.put(SecretParameterName, secret, EncryptionKeyArn);
  return {
    action,
    keyId: signingKey.kid,
    acceptedKeyIds: set.keys.map((key) => key.kid),
    secretVersion,
    keySetVersion,
    secretBytes: {
      before: storedSecret === undefined ? null : Buffer.byteLength(storedSecret),
      after: Buffer.byteLength(secret),
    },
  };
}
