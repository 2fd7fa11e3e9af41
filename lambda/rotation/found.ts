import { AuthError } from '../../auth/errors.ts';
import { thumbprintOf } from '../../auth/key-id.ts';
import { type OctKey, parseKeySet, secretOfKey } from '../../auth/key-set.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import type { ParameterPort, ParameterRole, Stored } from './ports.ts';
import type { Content, Seen } from './record.ts';

/** A secret, and its entry of the key set where it was found in one: the key ID in there is the one that its tokens carry. */
export type KnownSecret = { readonly secret: string; readonly key?: OctKey };

/** Secrets by their whole thumbprints. */
export type Secrets = ReadonlyMap<string, KnownSecret>;

/** What the parameters hold, by thumbprints that were computed from the values. */
export type Found = {
  /** The signing secret; undefined when there is none, or one that is not as a secret is written here. */
  readonly signing: string | undefined;
  /** The keys of the set, sorted; undefined when there is none, or it cannot be used. */
  readonly accepted: readonly string[] | undefined;
  readonly secrets: Secrets;
  readonly seen: Partial<Readonly<Record<ParameterRole, Seen>>>;
  /** When the later of the two was written, in milliseconds: what a task read before it may be something else. */
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

/** The secret of a parameter's value. White space around it is not ours, so a value with it counts as foreign. */
async function readSecret(value: string): Promise<readonly [string, KnownSecret] | undefined> {
  const secret = await usable(() => normalizeSecret(value));
  return secret === undefined || secret !== value ? undefined : [await thumbprintOf(secret), { secret }];
}

/** The keys of a parameter's value. */
async function readKeySet(value: string): Promise<readonly (readonly [string, KnownSecret])[] | undefined> {
  const set = await usable(() => parseKeySet(value));
  if (set === undefined) return undefined;
  return Promise.all(
    set.keys.map(async (key) => {
      const secret = secretOfKey(key);
      return [await thumbprintOf(secret), { secret, key }] as const;
    }),
  );
}

function seenOf(stored: Stored): Seen {
  return { version: stored.version, modifiedAt: new Date(stored.modifiedAt).toISOString() };
}

/** Reads both parameters. Nothing in them is believed: not a key ID, not even that they are secrets. */
export async function find(parameters: ParameterPort): Promise<Found> {
  const { secret, keySet } = await parameters.read();
  const signing = secret && (await readSecret(secret.value));
  const keys = keySet && (await readKeySet(keySet.value));
  return {
    signing: signing?.[0],
    accepted: keys?.map(([thumbprint]) => thumbprint).toSorted(),
    secrets: new Map([...(signing ? [signing] : []), ...(keys ?? [])]),
    seen: { ...(secret && { secret: seenOf(secret) }), ...(keySet && { keySet: seenOf(keySet) }) },
    modifiedAt: Math.max(secret?.modifiedAt ?? 0, keySet?.modifiedAt ?? 0),
  };
}

/** Every secret that is still in the history of either parameter. */
export async function secretsOfHistory(parameters: ParameterPort): Promise<Secrets> {
  const [secrets, sets] = await Promise.all([parameters.history('secret'), parameters.history('keySet')]);
  const signing = await Promise.all(secrets.map(({ value }) => readSecret(value)));
  const keys = await Promise.all(sets.map(({ value }) => readKeySet(value)));
  // The keys last: they bring their key IDs.
  return new Map([...signing, ...keys.flatMap((set) => set ?? [])].filter((entry) => entry !== undefined));
}

export function sameKeys(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one?.join() === other?.join();
}

/** Whether the parameters hold this content, and nothing else. */
export function holds({ signing, accepted }: Found, content: Content): boolean {
  return signing === content.signing && sameKeys(accepted, content.accepted);
}

/** The content with the given keys. */
export function contentOf(signing: string, accepted: readonly string[]): Content {
  return { signing, accepted: [...new Set(accepted)].sort() };
}

/**
 * Whether every version that was written since a parameter was last seen held one of the given contents. A person who wrote
 * another value and put the right one back has left tasks behind that hold the other.
 *
 * @param own - the contents that are ours
 */
export async function onlyOwnWrites(
  parameters: ParameterPort,
  role: ParameterRole,
  { before, now, own }: { readonly before: Seen; readonly now: Seen | undefined; readonly own: readonly Content[] },
): Promise<boolean> {
  if (now?.version === before.version && now.modifiedAt === before.modifiedAt) return true;
  // Versions begin anew when a parameter is deleted and made again.
  if (now === undefined || now.version <= before.version) return false;
  const since = (await parameters.history(role)).filter(({ version }) => version > before.version);
  if (since.length !== now.version - before.version) return false;
  const isOwn = await Promise.all(
    since.map(async ({ value }) => {
      if (role === 'secret') {
        const read = await readSecret(value);
        return own.some(({ signing }) => signing === read?.[0]);
      }
      const accepted = (await readKeySet(value))?.map(([thumbprint]) => thumbprint).toSorted();
      return own.some((content) => sameKeys(content.accepted, accepted));
    }),
  );
  return isOwn.every(Boolean);
}
