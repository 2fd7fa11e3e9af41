import type { RotationRecord } from '../../../../contract/rotation.ts';
import type { ParameterRole } from '../../../../lambda/rotation/ports.ts';
import { lookAlike } from './look-alike.ts';
import { type Key, keySetOf, keysOf, MAX_LAG_MS, OWN_LABEL, partsOf, thumbprint } from './store.ts';
import type { World } from './world.ts';

/** What a person writes over a parameter, or does to it. */
export type Meddling =
  | 'garbage'
  | 'new line'
  | 'a new secret'
  | 'the old key'
  | 'the next key'
  | 'one more key'
  | 'other labels'
  | 'another label and one more key'
  | 'one that looks like it'
  | 'deleted'
  | 'put back';

export const MEDDLINGS: readonly Meddling[] = [
  'garbage',
  'new line',
  'a new secret',
  'the old key',
  'the next key',
  'one more key',
  'other labels',
  'another label and one more key',
  'one that looks like it',
  'deleted',
  'put back',
];

/** These are made of the rotation's own keys. */
const OWN_KEYS: readonly Meddling[] = ['the old key', 'the next key', 'put back'];

const FOREIGN: Key = { secret: 'a-secret-that-a-person-thought-of-9876543210', label: OWN_LABEL };
const OTHER_LABEL = 'another-label';

/** The secret that can still be read somewhere, under the label that it is recorded with. */
function keyBehind(world: World, thumbprintOfIt: string | undefined): Key | undefined {
  const all = [
    ...world.parameters.history('secret').map(({ value }) => value),
    ...world.parameters.history('keySet').flatMap(({ value }) => (keysOf(value) ?? []).map(({ secret }) => secret)),
  ];
  const secret = all.find((one) => thumbprint(one) === thumbprintOfIt);
  const { current, next } = world.record ?? {};
  const known = [current, next].find((key) => key?.thumbprint === thumbprintOfIt);
  return secret === undefined ? undefined : { secret, label: partsOf(known?.keyId ?? OWN_LABEL).label };
}

function written(world: World, role: ParameterRole, what: Meddling): string | undefined {
  const { record } = world;
  const now = world.parameters.current(role)?.value;
  const keys = role === 'keySet' ? (keysOf(now ?? '') ?? []) : [];
  const one = (key: Key | undefined) => (key && role === 'keySet' ? keySetOf([key]) : key?.secret);
  const set = (changed: readonly Key[]) => (changed.length === 0 ? undefined : keySetOf(changed));
  switch (what) {
    case 'garbage':
      return 'not a secret';
    case 'new line':
      return now === undefined ? undefined : `${now}\n`;
    case 'a new secret':
      return one(FOREIGN);
    case 'the old key':
      return one(keyBehind(world, record?.current.thumbprint));
    case 'the next key':
      return one(keyBehind(world, record?.next?.thumbprint));
    case 'one more key':
      return role === 'keySet' ? keySetOf([...keys.slice(0, 1), FOREIGN]) : undefined;
    case 'other labels':
      return set(keys.map(({ secret }) => ({ secret, label: OTHER_LABEL })));
    case 'another label and one more key': {
      const current = keyBehind(world, record?.current.thumbprint);
      return role === 'keySet' && current ? keySetOf([{ ...current, label: OTHER_LABEL }, FOREIGN]) : undefined;
    }
    case 'one that looks like it':
      if (role === 'secret') return now === undefined ? undefined : lookAlike(now);
      return set(keys.map(({ secret, label }) => ({ secret: lookAlike(secret), label })));
    case 'put back': {
      const { signing = '', accepted = [] } = world.own[0] ?? {};
      const found = (role === 'secret' ? [signing] : accepted).map((name) =>
        keyBehind(world, partsOf(name).thumbprint),
      );
      if (found.some((key) => key === undefined)) return undefined;
      return role === 'secret' ? found[0]?.secret : keySetOf(found as Key[]);
    }
    case 'deleted':
      return undefined;
  }
}

/** A person writes over a parameter, or deletes it, without asking. */
export function meddle(world: World, role: ParameterRole, what: Meddling): void {
  const value = written(world, role, what);
  if (what === 'deleted') {
    if (world.parameters.current(role) === undefined) return;
    world.parameters.delete(role, world.now);
  } else if (value === undefined) {
    return;
  } else {
    if (role === 'secret') forgiveTheInstant(world, thumbprint(value));
    world.parameters.put(role, value, world.now, true);
  }
  world.note(`a person: ${role} ${what}`);
  world.touched = true;
  // With such an image a repair between createSecret and finishSecret stops, until there is another image.
  world.knowsOneSecret = false;
  // Who writes what a step is just about to write cannot be told from it, and does no harm; any other key has to be noticed.
  if (!OWN_KEYS.includes(what) && (!world.isOwn() || what === 'deleted')) world.meddled = true;
  // Best effort: an event may not come.
  if (world.random.chance(0.7)) world.machine?.start({ command: 'repair', trigger: 'event' });
}

/**
 * The one race that remains, since Parameter Store has no compare-and-swap: a person who has the key sign that is being removed, in
 * the instant between the last look and the removal. It is repaired as any foreign write is; its tokens are lost.
 */
function forgiveTheInstant(world: World, key: string): void {
  const { before, intended } = world.record ?? {};
  if (before?.accepted.includes(key) && intended?.accepted.includes(key) === false) world.revoked.add(key);
  world.putToSign = { key, until: world.now + MAX_LAG_MS };
}

/** The same race, when Parameter Store does not show yet what the person wrote before. */
export function forgiveTheRemoval(world: World, { intended }: RotationRecord): void {
  const { key, until } = world.putToSign;
  const isRemoved = world.record?.intended.accepted.includes(key) && !intended.accepted.includes(key);
  if (world.now < until && isRemoved) world.revoked.add(key);
}
