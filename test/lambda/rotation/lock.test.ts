import type { Holder } from '../../../lambda/rotation/ports.ts';
import { meddle } from './model/people.ts';
import { ROTATE, Rotations } from './support/rotations.ts';

test('a step that waits for a deploy restores a foreign value: otherwise no task starts, and neither ends', async () => {
  const rotations = await Rotations.start();
  const { secret } = rotations.parameters;
  rotations.end(await rotations.runUntil('createSecret'));
  rotations.world.deploys.inProgress = () => true;
  meddle(rotations.world, 'secret', 'garbage');

  await rotations.call(rotations.begin({ command: 'resume', trigger: 'manual' }));

  expect(rotations.parameters.secret?.value).toBe(secret?.value);
  expect(rotations.state.phase).toBe('repair');
});

const OTHER_STACK = 'another-stack';

/** A deployment at rest whose lock is held; only another stack may be changing. */
async function lockedBy(holder: Pick<Holder, 'kind' | 'owner'>, changing: boolean): Promise<Rotations> {
  const rotations = await Rotations.start();
  const { world } = rotations;
  world.lock = { ...holder, takenAt: new Date(world.now).toISOString() };
  world.deploys.inProgress = (stack) => changing && stack === OTHER_STACK;
  return rotations;
}

test.each<[what: string, holder: Pick<Holder, 'kind' | 'owner'>, says: RegExp]>([
  [
    'a deploy whose stack is being changed',
    { kind: 'deploy', owner: OTHER_STACK },
    /^A deploy has held the lock since /,
  ],
  ['a holder of an unknown kind', { kind: 'unknown', owner: 'x' }, /^An unknown holder has held the lock since /],
])('the lock is not taken from %s', async (_, holder, says) => {
  const rotations = await lockedBy(holder, true);
  expect(await rotations.run(ROTATE)).toMatchObject({
    result: 'refused',
    code: 'deploy-under-way',
    message: expect.stringMatching(says),
  });
  expect(rotations.world.lock).toMatchObject(holder);
  expect(rotations.state.phase).toBe('idle');
});

test.each<[what: string, holder: Pick<Holder, 'kind' | 'owner'>]>([
  ['a deploy whose stack is not being changed', { kind: 'deploy', owner: OTHER_STACK }],
  ['an execution that does not run', { kind: 'rotation', owner: 'an-execution' }],
])('the lock is taken over from %s', async (_, holder) => {
  const rotations = await lockedBy(holder, false);
  const { id } = await rotations.runUntil('createSecret');
  expect(rotations.world.lock).toMatchObject({ kind: 'rotation', owner: id });
});
