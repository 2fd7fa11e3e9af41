import fc from 'fast-check';
import { MEDDLINGS, meddle } from './people.ts';
import type { Happening, World } from './world.ts';

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

const unhealthy = fc.tuple(service, fc.constantFrom(5, 60, 300)).map(([name, seconds]) =>
  outside(`tasks of ${name} do not start for ${seconds} s`, (world) => {
    world.fleet[name].unhealthyUntil = world.now + seconds * 1000;
  }),
);

const red = fc.constantFrom(5, 60).map((seconds) =>
  outside(`the canary is red for ${seconds} s`, (world) => {
    world.redUntil = world.now + seconds * 1000;
  }),
);

const command = fc
  .constantFrom(
    { command: 'rotate', trigger: 'manual' } as const,
    { command: 'rotate', trigger: 'schedule' } as const,
    { command: 'repair', trigger: 'canary' } as const,
    { command: 'resume', trigger: 'manual' } as const,
    { command: 'abort', trigger: 'manual' } as const,
    { command: 'revoke', trigger: 'manual' } as const,
  )
  .map((what) => outside(`${what.command} (${what.trigger})`, (world) => world.machine?.start(what)));

const killed = fc.constant(outside('the execution is stopped', (world) => world.machine?.kill()));

/** How much happens in a run, and when: a whole rotation has about a thousand awaits. */
export const happenings: fc.Arbitrary<readonly (Happening & { readonly what: string })[]> = fc.array(
  fc
    .tuple(
      fc.nat(1500),
      fc.oneof(
        { arbitrary: crash, weight: 6 },
        { arbitrary: meddling, weight: 6 },
        { arbitrary: deploy, weight: 4 },
        { arbitrary: scaling, weight: 2 },
        { arbitrary: loss, weight: 2 },
        { arbitrary: forced, weight: 1 },
        { arbitrary: unhealthy, weight: 2 },
        { arbitrary: red, weight: 2 },
        { arbitrary: command, weight: 4 },
        { arbitrary: killed, weight: 1 },
      ),
    )
    .map(([after, { what, act }]) => ({ after, what, act })),
  { maxLength: 12 },
);
