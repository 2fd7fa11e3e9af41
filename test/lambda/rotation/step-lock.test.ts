import { meddle } from './model/people.ts';
import { Rotations } from './support/rotations.ts';

test('a step that waits for a deploy puts back what somebody wrote: else no task starts, and neither of them ends', async () => {
  const rotations = await Rotations.start();
  const { secret } = rotations.parameters;
  rotations.end(await rotations.runUntil('createSecret'));
  rotations.world.deploys.inProgress = () => true;
  meddle(rotations.world, 'secret', 'garbage');

  await rotations.call(rotations.begin({ command: 'resume', trigger: 'manual' }));

  expect(rotations.parameters.secret?.value).toBe(secret?.value);
  expect(rotations.state.phase).toBe('repair');
});
