import type { LocalEnvironment } from '../../local/run/environment.ts';
import { argumentsOf, killOnce } from './support/kills.ts';
import { MINUTES, useLocalEnvironment } from './support/local-environment.ts';
import type { Operator } from './support/operator.ts';

let environment: LocalEnvironment;
let operator: Operator;

useLocalEnvironment('kills', { tokenLifetimeSeconds: 10 }, (started) => {
  ({ environment, operator } = started);
});

beforeAll(async () => {
  // Something to go back from.
  await operator.run(...argumentsOf({ environment, operator }, 'deploy', 'first'));
}, 2 * MINUTES);

test(
  'a deploy and a rollback that are killed lose nothing, and the next command succeeds',
  async () => {
    const world = { environment, operator };
    // In the middle of the change, where the most is under way.
    for (const [round, command] of (['deploy', 'rollback'] as const).entries()) {
      const { problems, left } = await killOnce(world, round, { command, after: 'change', next: command });
      expect(problems).toEqual([]);
      expect(left).not.toBe('it had ended');
    }
  },
  5 * MINUTES,
);
