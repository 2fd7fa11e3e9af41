import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { loadEnvironment } from '../../config/load.ts';
import { stackName } from '../../lib/names.ts';
import type { LocalEnvironment } from '../../local/run/environment.ts';
import { offerOneKeyMcpImage } from './support/fixture-images.ts';
import { expectGreen, MINUTES, useLocalEnvironment } from './support/local-environment.ts';
import { Rotations } from './support/rotations.ts';
import { until } from './support/until.ts';

const config = loadEnvironment('local');

let environment: LocalEnvironment;
let rotations: Rotations;

useLocalEnvironment('undone-rotation', { tokenLifetimeSeconds: 10 }, (started) => {
  ({ environment } = started);
  rotations = new Rotations(environment);
});

test(
  'a rotation is refused while a deploy is under way, and undone when MCP does not accept the next key',
  async () => {
    const services = stackName(config, 'services');
    const stacks = new CloudFormationClient(environment.clientSettings);
    const image = offerOneKeyMcpImage(environment.imageDirectory);
    const deployed = environment.deploy(undefined, ['Services', '--exclusively', '-c', `mcpImage=${image}`]);
    await until('the deploy has begun', async () => {
      const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName: services }));
      return Stacks?.[0]?.StackStatus === 'UPDATE_IN_PROGRESS';
    });
    expect((await rotations.run('rotate')).progress).toMatchObject({ result: 'refused', code: 'deploy-under-way' });
    await deployed;

    const before = await rotations.values();
    expect((await rotations.run('rotate')).progress).toMatchObject({ result: 'failed', code: 'undone' });
    const after = await rotations.values();
    expect(after.secret === before.secret && after.keySet === before.keySet).toBe(true);
    expect(await rotations.record()).toMatchObject({ phase: 'idle', last: { outcome: 'undone' } });
    await expectGreen(environment);
  },
  3 * MINUTES,
);
