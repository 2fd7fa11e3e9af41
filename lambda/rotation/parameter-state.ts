import { admitSecret } from '../../auth/admit-secret.ts';
import { AuthError } from '../../auth/errors.ts';
import { thumbprintOf } from '../../auth/key-id.ts';
import { parseKeySet, secretOfKey } from '../../auth/key-set.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import { type Content, entryOf, type KeyName, type Seen } from '../../contract/rotation.ts';
import type { ParameterPort, ParameterRole, Ports, Stored } from './ports.ts';

/** Secrets by their whole thumbprints. */
export type Secrets = ReadonlyMap<string, string>;

/** A key of a set. */
type SetKey = { readonly thumbprint: string; readonly keyId: string; readonly secret: string };

/** Parameter Store still returns a value from before a write. The call ends, and the state machine retries it. */
export class NotVisibleYet extends Error {
  override readonly name = 'NotVisibleYet';
}

/** The content of the parameters, by thumbprints that are computed from the values. */
export type ParameterState = {
  /** The signing secret; undefined if it is missing or not in the exact form that this project writes. */
  readonly signing: string | undefined;
  /** The keys of the set, sorted (see `entryOf`); undefined if the set is missing or unusable. */
  readonly accepted: readonly string[] | undefined;
  /** The same keys with their key IDs in the set. */
  readonly keys: readonly SetKey[];
  readonly secrets: Secrets;
  readonly seen: Partial<Readonly<Record<ParameterRole, Seen>>>;
  /** When the later of the two was written, in milliseconds: a task that started before may have other values. */
  readonly modifiedAt: number;
};

async function usable<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}

/** Parses the secret of a parameter. This project never writes surrounding white space, so such a value is foreign. */
async function readSecret(value: string): Promise<readonly [string, string] | undefined> {
  const secret = await usable(() => normalizeSecret(value));
  return secret === undefined || secret !== value ? undefined : [await thumbprintOf(secret), secret];
}

/** Parses the keys of a parameter. */
async function readKeySet(value: string): Promise<readonly SetKey[] | undefined> {
  const set = await usable(() => parseKeySet(value));
  if (set === undefined) return undefined;
  return Promise.all(
    set.keys.map(async (key) => {
      const secret = secretOfKey(key);
      return { thumbprint: await thumbprintOf(secret), keyId: key.kid, secret };
    }),
  );
}

function acceptedOf(keys: readonly SetKey[] | undefined, names: readonly KeyName[]): readonly string[] | undefined {
  return keys?.map((key) => entryOf(key, names)).toSorted();
}

function seenOf(stored: Stored): Seen {
  return { version: stored.version, modifiedAt: new Date(stored.modifiedAt).toISOString() };
}

/**
 * Reads both parameters. Trusts nothing in them: not the key IDs, and not that they are secrets.
 *
 * @param names - the known keys, with the key IDs that their tokens carry
 */
export async function readParameters(parameters: ParameterPort, names: readonly KeyName[]): Promise<ParameterState> {
  const { secret, keySet } = await parameters.read();
  const signing = secret && (await readSecret(secret.value));
  const keys = keySet && (await readKeySet(keySet.value));
  return {
    signing: signing?.[0],
    accepted: acceptedOf(keys, names),
    keys: keys ?? [],
    secrets: new Map([...(signing ? [signing] : []), ...secretsOf(keys)]),
    seen: { ...(secret && { secret: seenOf(secret) }), ...(keySet && { keySet: seenOf(keySet) }) },
    modifiedAt: Math.max(secret?.modifiedAt ?? 0, keySet?.modifiedAt ?? 0),
  };
}

function secretsOf(keys: readonly SetKey[] | undefined): readonly (readonly [string, string])[] {
  return (keys ?? []).map(({ thumbprint, secret }) => [thumbprint, secret]);
}

/** Every secret in the history of either parameter. */
export async function secretsOfHistory(parameters: ParameterPort): Promise<Secrets> {
  const [secrets, sets] = await Promise.all([parameters.history('secret'), parameters.history('keySet')]);
  const signing = await Promise.all(secrets.map(({ value }) => readSecret(value)));
  const keys = await Promise.all(sets.map(({ value }) => readKeySet(value)));
  return new Map([...signing, ...keys.flatMap(secretsOf)].filter((entry) => entry !== undefined));
}

export function sameKeys(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one?.join() === other?.join();
}

/** Whether the parameters have exactly this content. */
export function holds({ signing, accepted }: ParameterState, content: Content): boolean {
  return signing === content.signing && sameKeys(accepted, content.accepted);
}

/** The content with the given keys. */
export function contentOf(signing: string, accepted: readonly string[]): Content {
  return { signing, accepted: [...new Set(accepted)].sort() };
}

/** The history of a parameter since it was last seen. */
type Since = {
  readonly before: Seen;
  readonly now: Seen;
  /** The contents that the rotation wrote. */
  readonly own: readonly Content[];
  /** The known keys. */
  readonly names: readonly KeyName[];
};

/**
 * Whether every version since a parameter was last seen has one of the given contents. A person who wrote another value and then
 * restored the right one leaves tasks behind that have the other.
 *
 * @throws NotVisibleYet when the history lacks the current version
 */
export async function onlyOwnWrites(
  parameters: ParameterPort,
  role: ParameterRole,
  { before, now, own, names }: Since,
): Promise<boolean> {
  if (now.version === before.version && now.modifiedAt === before.modifiedAt) return true;
  // Versions restart when a parameter is deleted and created again.
  if (now.version <= before.version) return false;
  const since = (await parameters.history(role)).filter(({ version }) => version > before.version);
  if (!since.some(({ version }) => version >= now.version)) throw new NotVisibleYet();
  if (since.length < now.version - before.version) return false;
  const isOwn = await Promise.all(
    since.map(async ({ value }) => {
      if (role === 'secret') {
        const read = await readSecret(value);
        return own.some(({ signing }) => signing === read?.[0]);
      }
      const accepted = acceptedOf(await readKeySet(value), names);
      return own.some((content) => sameKeys(content.accepted, accepted));
    }),
  );
  return isOwn.every(Boolean);
}

/**
 * Requires that a version is not older than one seen before: Parameter Store may return a value from before a write.
 *
 * @throws NotVisibleYet
 */
export function requireNotOlder(now: Seen | undefined, before: Seen | undefined): void {
  // A parameter that was deleted and created again has an older version too, but a later date.
  if (now && before && now.version < before.version && now.modifiedAt <= before.modifiedAt) throw new NotVisibleYet();
}

/** A person's value, trimmed and checked, or why it cannot be used. */
type Incoming =
  | { readonly secret: string; readonly refusal?: undefined }
  | { readonly secret?: undefined; readonly refusal: string };

/**
 * Reads the next secret that a person provided. Deletes nothing: they can correct a refused value.
 *
 * @param current - the signing key, from which the next one must differ
 */
export async function readIncoming(ports: Ports, name: string, current: KeyName): Promise<Incoming> {
  const value = await ports.parameters.readIncoming(name);
  if (value === undefined) {
    return { refusal: `Parameter ${name} is not a SecureString, or does not exist. Write the next secret to it.` };
  }
  try {
    if ((await thumbprintOf(normalizeSecret(value))) === current.thumbprint) {
      return { refusal: `Parameter ${name} holds the current signing secret. Write a different one to it.` };
    }
    return { secret: admitSecret(value) };
  } catch (error) {
    if (error instanceof AuthError) return { refusal: `Parameter ${name}: ${error.message}` };
    throw error;
  }
}
