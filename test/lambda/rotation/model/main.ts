/** Plays rotations until one breaks a rule, or all have been played; prints one line of JSON. */

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { type Aim, happenings } from './happenings.ts';
import { play } from './play.ts';
import { World } from './world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
    aim: { type: 'string', default: '{}' },
    verbose: { type: 'boolean', default: false },
  },
});

const counts = { runs: 0, crashes: 0, unseen: 0, outcomes: {} as Record<string, number> };

function count(world: World): void {
  counts.runs += 1;
  counts.crashes += world.crashes;
  counts.unseen += world.unseen;
  const outcome = world.record?.last?.outcome ?? 'none';
  counts.outcomes[outcome] = (counts.outcomes[outcome] ?? 0) + 1;
}

const property = fc.asyncProperty(fc.integer(), happenings(JSON.parse(values.aim) as Aim), async (seed, list) => {
  const world = new World(seed, list);
  try {
    await play(seed, list, world);
  } catch (error) {
    if (values.verbose && error instanceof Error) error.message += `\n${world.log.join('\n')}`;
    throw error;
  }
  count(world);
});

const details = await fc.check(property, {
  numRuns: Number(values.runs),
  seed: Number(values.seed),
  ...(values.path !== undefined && { path: values.path }),
  // A run is short enough to be read unchanged.
  endOnFailure: true,
});
const error = details.errorInstance;
const violation = details.failed
  ? `${error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : 'failed'}`
  : undefined;
process.stdout.write(
  `${JSON.stringify({
    ...counts,
    ...(details.failed && {
      violation,
      seed: details.seed,
      path: details.counterexamplePath,
      happenings: details.counterexample?.[1].map(({ after, what }) => `${after}: ${what}`),
    }),
  })}\n`,
);
process.exitCode = details.failed ? 1 : 0;
