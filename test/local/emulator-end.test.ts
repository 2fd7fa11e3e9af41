/** Nothing of a local run outlives whoever started it, not even when that one is killed in the middle of a deploy. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { awsClientSettings } from '../../local/run/aws-settings.ts';
import { freePort } from '../../local/run/free-port.ts';
import { manifestOf, offerProgram } from '../../local/run/images.ts';
import { processesOf } from './support/processes-of.ts';
import { until } from './support/until.ts';

const RUN = pathToFileURL(join(import.meta.dirname, '..', '..', 'local', 'run', 'emulator-process.ts')).href;
const NEVER_HEALTHY = 'test.local/never-healthy@sha256:0';
const directory = mkdtempSync(join(tmpdir(), 'quilt-end-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the emulator and its tasks end when the process that started them is killed', async () => {
  const imageDirectory = join(directory, 'images');
  offerProgram(imageDirectory, NEVER_HEALTHY, {
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    healthPath: '/',
  });
  const options = { port: await freePort(), directory, imageManifest: manifestOf(imageDirectory) };
  const script = `const { EmulatorProcess } = await import('${RUN}');
    await EmulatorProcess.start(${JSON.stringify(options)}); process.stdout.write('up'); setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');

  const stacks = new CloudFormationClient(awsClientSettings(`http://127.0.0.1:${options.port}`));
  await stacks.send(
    new CreateStackCommand({
      StackName: 'pending',
      TemplateBody: JSON.stringify({
        Resources: {
          Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'test' } },
          Definition: {
            Type: 'AWS::ECS::TaskDefinition',
            Properties: {
              NetworkMode: 'awsvpc',
              ContainerDefinitions: [{ Name: 'main', Image: NEVER_HEALTHY, Essential: true }],
            },
          },
          Service: {
            Type: 'AWS::ECS::Service',
            Properties: { Cluster: { Ref: 'Cluster' }, DesiredCount: 1, TaskDefinition: { Ref: 'Definition' } },
          },
        },
      }),
    }),
  );
  // The parent, the emulator and the task.
  await until('its task has started', async () => processesOf(directory).length > 2);

  parent.kill('SIGKILL');
  await until('every process has ended', async () => processesOf(directory).length === 0, 20_000);
}, 60_000);
