import type { DeployReport } from '../../cli/change/deploy.ts';
import type { LocalEnvironment } from '../../local/run/environment.ts';
import { offerOpenMcpImage } from './support/fixture-images.ts';
import { expectGreen, MINUTES, useLocalEnvironment } from './support/local-environment.ts';
import type { Operator } from './support/operator.ts';

let environment: LocalEnvironment;
let operator: Operator;

useLocalEnvironment('break-glass', {}, (started) => {
  ({ environment, operator } = started);
});

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
    await expectGreen(environment);
  },
  5 * MINUTES,
);
