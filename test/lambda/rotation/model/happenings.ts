import fc from 'fast-check';
import type { Command } from '../../../../contract/rotation.ts';
import { MEDDLINGS, meddle } from './people.ts';
import type { World } from './world.ts';

/** What may come from outside, by a name that shows in a counterexample. */
type Outside = { readonly what: string; readonly act: (world: World) => void };

function outside(what: string, act: (world: World) => void): Outside {
  return { what, act };
}

const role = fc.constantFrom('secret' as const, 'keySet' as const);
const service = fc.constantFrom('mcp' as const, 'catalog' as const);

const crash = fc.constant(
  outside('the function is killed', (world) => {
    world.doomed = true;
  }),
);

const meddling = fc
  .tuple(role, fc.constantFrom(...MEDDLINGS))
  .map(([parameter, what]) => outside(`a person: ${parameter} ${what}`, (world) => meddle(world, parameter, what)));

const deploy = fc
  .tuple(fc.constantFrom(30, 60, 300), fc.boolean())
  .map(([lifetime, broken]) =>
    outside(`a deploy (${lifetime} s${broken ? ', broken' : ''})`, (world) => world.deploys.begin(lifetime, broken)),
  );

const scaling = fc.tuple(service, fc.constantFrom(1, 2, 3, 4)).map(([name, desired]) =>
  outside(`${name} is scaled to ${desired}`, (world) => {
    world.fleet[name].desired = desired;
  }),
);

const loss = service.map((name) => outside(`a task of ${name} dies`, (world) => world.fleet[name].lose(world.random)));

const forced = service.map((name) =>
  outside(`a person rolls ${name}`, (world) => {
    world.fleet[name].force(world.now);
  }),
);

const unhealthy = fc.tuple(service, fc.constantFrom(5, 60, 600)).map(([name, seconds]) =>
  outside(`tasks of ${name} do not start for ${seconds} s`, (world) => {
    world.fleet[name].unhealthyUntil = world.now + seconds * 1000;
  }),
);

const red = fc.constantFrom(5, 60).map((seconds) =>
  outside(`the canary is red for ${seconds} s`, (world) => {
    world.redUntil = world.now + seconds * 1000;
  }),
);

const cache = fc.constantFrom(60, 600).map((seconds) =>
  outside(`MCP remembers keys of earlier tasks for ${seconds} s`, (world) => {
    world.cache.names.clear();
    world.cache.until = world.now + seconds * 1000;
  }),
);

const command = (...commands: readonly Command[]) =>
  fc.constantFrom(...commands).map((what) =>
    outside(`${what.command} (${what.trigger})`, (world) => {
      if (what.command === 'revoke') world.mayRevoke = true;
      world.machine?.start(what);
    }),
  );

const killed = fc.constant(outside('the execution is stopped', (world) => world.machine?.kill()));

const otherKey = fc
  .constantFrom('the old key' as const, 'the next key' as const)
  .map((what) => outside(`a person: secret ${what}`, (world) => meddle(world, 'secret', what)));

const deletion = fc.constant(
  outside('a person deletes both parameters', (world) => {
    meddle(world, 'secret', 'deleted');
    meddle(world, 'keySet', 'deleted');
  }),
);

/** Everything that may happen, by kind, and how often it does among the others. */
const KINDS = {
  crash: { arbitrary: crash, weight: 6 },
  meddling: { arbitrary: meddling, weight: 6 },
  'other key': { arbitrary: otherKey, weight: 1 },
  deletion: { arbitrary: deletion, weight: 1 },
  deploy: { arbitrary: deploy, weight: 4 },
  scaling: { arbitrary: scaling, weight: 2 },
  loss: { arbitrary: loss, weight: 2 },
  'forced rollout': { arbitrary: forced, weight: 1 },
  unhealthy: { arbitrary: unhealthy, weight: 2 },
  red: { arbitrary: red, weight: 2 },
  cache: { arbitrary: cache, weight: 1 },
  rotate: {
    arbitrary: command({ command: 'rotate', trigger: 'manual' }, { command: 'rotate', trigger: 'schedule' }),
    weight: 1,
  },
  repair: { arbitrary: command({ command: 'repair', trigger: 'canary' }), weight: 1 },
  resume: { arbitrary: command({ command: 'resume', trigger: 'manual' }), weight: 1 },
  abort: { arbitrary: command({ command: 'abort', trigger: 'manual' }), weight: 1 },
  revoke: { arbitrary: command({ command: 'revoke', trigger: 'manual' }), weight: 1 },
  killed: { arbitrary: killed, weight: 1 },
} as const;

export type Kind = keyof typeof KINDS;

/** What a search focuses on. */
export type Aim = {
  /** @default every kind */
  readonly kinds?: readonly Kind[];
  /** Awaits within which everything happens; a whole rotation has about a thousand. @default 1500 */
  readonly until?: number;
};

/** How much happens in a run, what, and when. */
export function happenings({ kinds = Object.keys(KINDS) as Kind[], until = 1500 }: Aim) {
  const any = fc.oneof(...kinds.map((kind) => KINDS[kind]));
  const one = fc.tuple(fc.nat(until), any).map(([after, { what, act }]) => ({ after, what, act }));
  return fc.array(one, { maxLength: 12 });
}
