import { join } from 'node:path';
import { LocalEnvironment } from '../../local/run/environment.ts';
import { argumentsOf, killOnce } from './support/kills.ts';
import { Operator } from './support/operator.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', '.local', 'test-kills');
const MINUTES = 60_000;

let environment: LocalEnvironment;
let operator: Operator;

beforeAll(async () => {
  environment = await LocalEnvironment.start({ directory: join(DIRECTORY, 'run'), tokenLifetimeSeconds: 10 });
  operator = new Operator(DIRECTORY);
  await environment.bootstrap();
  await environment.deploy();
  // Something to go back from.
  await operator.run(...argumentsOf({ environment, operator }, 'deploy', 'first'));
}, 5 * MINUTES);

afterAll(() => environment?.stop(), MINUTES);

test(
  'a deploy and a rollback that are killed lose nothing, and the next command goes on',
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
