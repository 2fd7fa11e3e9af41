import type { ParameterRole } from '../../../../lambda/rotation/ports.ts';
import { keySetOf, secretsOf, thumbprint } from './store.ts';
import type { World } from './world.ts';

/** What a person writes over a parameter, or does to it. */
export type Meddling =
  | 'garbage'
  | 'new line'
  | 'a new secret'
  | 'the old key'
  | 'the next key'
  | 'one more key'
  | 'deleted'
  | 'put back';

export const MEDDLINGS: readonly Meddling[] = [
  'garbage',
  'new line',
  'a new secret',
  'the old key',
  'the next key',
  'one more key',
  'deleted',
  'put back',
];

/** These are made of the rotation's own keys. */
const OWN_KEYS: readonly Meddling[] = ['the old key', 'the next key', 'put back'];

const FOREIGN = 'a-secret-that-a-person-thought-of-9876543210'.replaceAll(' ', '-');

/** The secrets that can still be read somewhere, with their thumbprints. */
function secretBehind(world: World, key: string | undefined): string | undefined {
  const all = [
    ...world.parameters.history('secret').map(({ value }) => value),
    ...world.parameters.history('keySet').flatMap(({ value }) => secretsOf(value) ?? []),
  ];
  return all.find((secret) => thumbprint(secret) === key);
}

function written(world: World, role: ParameterRole, what: Meddling): string | undefined {
  const { record } = world;
  const now = world.parameters.current(role)?.value;
  const one = (secret: string | undefined) =>
    secret === undefined ? undefined : role === 'secret' ? secret : keySetOf([secret]);
  switch (what) {
    case 'garbage':
      return 'not a secret';
    case 'new line':
      return now === undefined ? undefined : `${now}\n`;
    case 'a new secret':
      return one(FOREIGN);
    case 'the old key':
      return one(secretBehind(world, record?.current.thumbprint));
    case 'the next key':
      return one(secretBehind(world, record?.next?.thumbprint));
    case 'one more key':
      return role === 'keySet' ? keySetOf([...(secretsOf(now) ?? []).slice(0, 1), FOREIGN]) : undefined;
    case 'put back': {
      const { signing, accepted } = world.own[0] ?? { signing: '', accepted: [] };
      const secrets = (role === 'secret' ? [signing] : accepted).map((key) => secretBehind(world, key));
      if (secrets.some((secret) => secret === undefined)) return undefined;
      return role === 'secret' ? secrets[0] : keySetOf(secrets as string[]);
    }
    case 'deleted':
      return undefined;
  }
}

/** A person writes over a parameter, or deletes it; nobody is asked. */
export function meddle(world: World, role: ParameterRole, what: Meddling): void {
  const value = written(world, role, what);
  if (what === 'deleted') {
    if (world.parameters.current(role) === undefined) return;
    world.parameters.delete(role);
  } else if (value === undefined) {
    return;
  } else {
    forgiveTheInstant(world, role, value);
    world.parameters.put(role, value, world.now);
  }
  world.note(`a person: ${role} ${what}`);
  world.touched = true;
  // Who writes what a step is just about to write cannot be told from it, and does no harm; any other key has to be noticed.
  if (!OWN_KEYS.includes(what) && (!world.isOwn() || what === 'deleted')) world.meddled = true;
  // Best effort: an event may not come.
  if (world.random.chance(0.7)) world.machine?.start({ command: 'repair', trigger: 'event' });
}

/**
 * The one race that remains, since Parameter Store has no compare-and-swap: a person who has the key sign that is being removed, in
 * the instant between the last look and the removal. It is repaired as any foreign write is; its tokens are lost.
 */
function forgiveTheInstant(world: World, role: ParameterRole, value: string): void {
  const { before, intended } = world.record ?? {};
  if (role !== 'secret' || before === undefined || intended === undefined) return;
  const key = thumbprint(value);
  if (before.accepted.includes(key) && !intended.accepted.includes(key)) world.revoked.add(key);
}
