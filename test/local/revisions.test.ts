/** Deploys, a rotation and rollbacks, one after the other, as a person gives the commands: every test goes on from the one before. */

import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import type { DeployReport } from '../../cli/change/deploy.ts';
import type { RollbackReport } from '../../cli/change/rollback.ts';
import type { RevisionHistory } from '../../cli/revisions/history.ts';
import { loadEnvironment } from '../../config/load.ts';
import { clusterName, serviceName } from '../../lib/names.ts';
import type { LocalEnvironment } from '../../local/run/environment.ts';
import { offerCrashingImage, offerOpenMcpImage, offerRebuiltImage } from './support/fixture-images.ts';
import { expectGreen, MINUTES, useLocalEnvironment } from './support/local-environment.ts';
import type { Operator } from './support/operator.ts';
import { Rotations } from './support/rotations.ts';

const config = loadEnvironment('local');

let environment: LocalEnvironment;
let operator: Operator;
let rotations: Rotations;

useLocalEnvironment('revisions', { tokenLifetimeSeconds: 10, deploy: false }, (started) => {
  ({ environment, operator } = started);
  rotations = new Rotations(environment);
});

const history = () => operator.ask<RevisionHistory>('history');
const deploy = (...options: readonly string[]) => operator.ask<DeployReport>('deploy', ...options);
const rollback = (...options: readonly string[]) => operator.ask<RollbackReport>('rollback', ...options);
const rebuilt = (edition: string) =>
  `mcpImage=${offerRebuiltImage(environment.imageDirectory, 'mcp', edition)}` as const;

/** The image that the MCP service runs now. */
async function mcpImage(): Promise<string | undefined> {
  const ecs = new ECSClient(environment.clientSettings);
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: clusterName(config), services: [serviceName(config, 'mcp')] }),
  );
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services?.[0]?.taskDefinition }),
  );
  return taskDefinition?.containerDefinitions?.[0]?.image;
}

test(
  'every deploy is in the history with its verdict, whoever started it',
  async () => {
    expect(await deploy()).toMatchObject({ exitCode: 0, deploy: { result: 'good' } });
    expect(await deploy('-c', rebuilt('second'))).toMatchObject({ exitCode: 0, deploy: { result: 'good' } });
    const crashing = offerCrashingImage(environment.imageDirectory);
    expect(await deploy('-c', `mcpImage=${crashing}`)).toMatchObject({ exitCode: 1, deploy: { result: 'failed' } });
    const plain = ['--all', '--require-approval', 'never', '-c', rebuilt('fourth')];
    expect(await operator.run('cdk', 'deploy', ...plain)).toMatchObject({ exitCode: 0 });

    const { current, revisions } = await history();
    expect(current).toBe(4);
    const told = revisions.map(({ number, verdict, kind, by, template }) => ({
      number,
      verdict,
      kind,
      known: by !== null,
      kept: template !== null,
    }));
    expect(told).toEqual([
      { number: 4, verdict: 'good', kind: 'deploy', known: false, kept: true },
      { number: 3, verdict: 'failed', kind: 'deploy', known: true, kept: true },
      { number: 2, verdict: 'good', kind: 'deploy', known: true, kept: true },
      { number: 1, verdict: 'good', kind: 'deploy', known: true, kept: true },
    ]);
    expect(revisions[1]?.images.mcp).toBe(crashing);
    expect(revisions[1]?.stackFailure).toMatchObject({
      type: 'AWS::ECS::Service',
      reason: expect.stringContaining('Circuit Breaker'),
    });
  },
  4 * MINUTES,
);

test(
  'a rollback brings the image of then with the secret of today, and is refused while a rotation is in a step',
  async () => {
    const before = await rotations.values();
    const { revisions } = await history();
    const rotation = await rotations.start('rotate');
    await rotations.recordWhen('the set has the next key', ({ phase }) => phase === 'createSecret');
    expect(await rollback('1')).toMatchObject({ exitCode: 3, result: 'refused', made: null });
    expect((await rotations.end(rotation)).progress).toMatchObject({ result: 'done', outcome: 'rotated' });
    const rotated = await rotations.values();
    expect(rotated.secret === before.secret).toBe(false);

    expect(await rollback('1')).toMatchObject({ exitCode: 0, target: 1, before: 4 });
    const first = revisions.find(({ number }) => number === 1);
    expect(await mcpImage()).toBe(first?.images.mcp);
    expect((await rotations.values()).secret === rotated.secret).toBe(true);
    const [made] = (await history()).revisions;
    expect(made).toMatchObject({ number: 5, current: true, verdict: 'good', kind: 'rollback', rollbackTo: 1 });
    expect(made?.parameterVersions.secret).toBeGreaterThan(first?.parameterVersions.secret ?? 0);
    await expectGreen(environment);
  },
  3 * MINUTES,
);

test(
  'a rollback to what the canary refuses goes back to where it was, and says so; what is deployed twice is one revision',
  async () => {
    // It verifies no token. Only break-glass gets it through, and a rollback to it breaks nothing again.
    const open = `mcpImage=${offerOpenMcpImage(environment.imageDirectory, 'revisions')}`;
    const glass = ['-c', 'canary=report', '-c', 'reason=to be rolled back to'];
    expect(await deploy('-c', open, ...glass)).toMatchObject({
      exitCode: 0,
      deploy: { result: 'unverified', revision: { reason: 'to be rolled back to' } },
    });
    expect(await deploy()).toMatchObject({ exitCode: 0, deploy: { result: 'good' } });
    const image = await mcpImage();

    const red = await rollback('6');
    expect(red).toMatchObject({ exitCode: 5, target: 6, before: 7, made: { number: 8, verdict: 'failed' } });
    expect(red.made?.failedChecks.length).toBeGreaterThan(0);
    expect(await mcpImage()).toBe(image);
    const { current, revisions } = await history();
    expect(current).toBe(7);
    expect(revisions[0]).toMatchObject({ number: 8, verdict: 'failed', rollbackTo: 6 });
    await expectGreen(environment);
    expect(await deploy()).toMatchObject({ exitCode: 0, deploy: { result: 'unchanged', revision: null } });
  },
  4 * MINUTES,
);
