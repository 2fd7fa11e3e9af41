import { checkRetired } from './invariant.ts';
import { Machine } from './machine.ts';
import { partsOf } from './store.ts';
import { type Happening, Violation, World } from './world.ts';

const HOUR_MS = 3_600_000;
/** A scheduled run leaves a rotation that failed alone for a day; after two nothing is left to be done. */
const HOURS = 56;
const MAX_CALLS = 5_000;
/** Between two things that happen when the rotation has ended already. */
const HURRY_MS = 60_000;

/** Has every execution come to its end. */
async function drain(world: World, machine: Machine): Promise<void> {
  for (let calls = 0; machine.next !== undefined; calls += 1) {
    if (calls > MAX_CALLS) world.violate('an execution does not come to an end');
    await machine.step();
  }
}

function isAtRest(world: World): boolean {
  const { record, deploys, fleet, meddled, reported } = world;
  const seen = world.isOwn() && (!meddled || reported.some(({ kind }) => kind === 'repaired'));
  return record?.phase === 'idle' && !deploys.isUnderWay && fleet.isQuiet && seen;
}

/** What has to be true when nothing more happens: a good state, and an alarm for whatever a person did. */
function checkEnd(world: World): void {
  const { record, parameters, fleet, reported, meddled } = world;
  if (record?.phase !== 'idle') world.violate(`it ended in ${record?.phase}, not at rest`);
  if (!world.isOwn()) world.violate('the parameters do not hold what is recorded');
  const holding = parameters.read();
  if (holding === undefined) throw new Violation('no task could start');
  if (holding.accepted.join() !== holding.signing) world.violate('the set holds another key than the one that signs');
  const signing = partsOf(holding.signing).thumbprint;
  for (const task of fleet.alive) {
    if (task.holding?.signing !== holding.signing) world.violate(`a ${task.service} task holds another signing secret`);
  }
  checkRetired(
    world,
    [...world.tokens.keys()].map((name) => partsOf(name).thumbprint).filter((key) => key !== signing),
  );
  if (meddled && !reported.some(({ kind }) => kind === 'repaired')) world.violate('no alarm reports what a person did');
}

/**
 * Plays one rotation, with whatever happens to it, to its end and two days on, in which schedule and canary do what they do.
 *
 * @returns the world, with its log
 * @throws Violation, or what the code under test threw and should not have
 */
export async function play(
  seed: number,
  happenings: readonly Happening[],
  world = new World(seed, happenings),
): Promise<World> {
  const machine = new Machine(world);
  world.machine = machine;
  machine.start({ command: 'repair', trigger: 'canary' });
  await drain(world, machine);
  machine.start({ command: 'rotate', trigger: 'manual' });
  await drain(world, machine);
  while (!world.isOver) {
    world.sleepUntil(world.now + world.random.below(HURRY_MS));
    world.hurry();
    await drain(world, machine);
  }
  for (let hour = 0; hour < HOURS; hour += 1) {
    machine.start({ command: 'repair', trigger: 'canary' });
    await drain(world, machine);
    machine.start({ command: 'rotate', trigger: 'schedule' });
    await drain(world, machine);
    if (isAtRest(world)) break;
    world.sleepUntil(world.now + HOUR_MS);
  }
  checkEnd(world);
  return world;
}
