import { join } from 'node:path';
import type { DeployReport } from '../../cli/change/deploy.ts';
import { LocalEnvironment } from '../../local/run/environment.ts';
import { offerOpenMcpImage } from './support/fixture-images.ts';
import { Operator } from './support/operator.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', '.local', 'test-break-glass');
const MINUTES = 60_000;

let environment: LocalEnvironment;
let operator: Operator;

beforeAll(async () => {
  environment = await LocalEnvironment.start({ directory: join(DIRECTORY, 'run') });
  operator = new Operator(DIRECTORY);
  await environment.bootstrap();
  await environment.deploy();
}, 3 * MINUTES);

afterAll(() => environment?.stop(), MINUTES);

const deploy = (...options: readonly string[]) => operator.ask<DeployReport>('deploy', ...options);
const open = (edition: string) => `mcpImage=${offerOpenMcpImage(environment.imageDirectory, edition)}`;

test(
  'break-glass deploys what the canary refuses, and what was red before does not veto the next ones, of which one is the fix',
  async () => {
    const reason = 'The old image has to run for an hour.';
    const glass = ['-c', 'canary=report', '-c', `reason=${reason}`];
    expect(await deploy('-c', open('first'), ...glass)).toMatchObject({
      exitCode: 0,
      deploy: { result: 'unverified', revision: { reason } },
    });
    expect((await environment.canary()).verdict).toBe('red');
    expect(await deploy('-c', open('second'))).toMatchObject({ exitCode: 0 });
    expect(await deploy()).toMatchObject({ exitCode: 0, deploy: { result: 'good', revision: { failedChecks: [] } } });
    expect((await environment.canary()).verdict).toBe('green');
  },
  5 * MINUTES,
);
