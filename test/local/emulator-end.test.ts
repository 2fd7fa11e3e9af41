/** Nothing of a local run outlives whoever started it, not even when that one is killed in the middle of a deploy. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { awsClientSettings } from '../../cli/local/aws-settings.ts';
import { manifestOf, offerProgram } from '../../cli/local/images.ts';
import { freePort } from '../../local/run/ports.ts';
import { processesOf } from './support/processes-of.ts';
import { until } from './support/until.ts';

const RUN = pathToFileURL(join(import.meta.dirname, '..', '..', 'local', 'run', 'emulator-process.ts')).href;
const NEVER_HEALTHY = 'test.local/never-healthy@sha256:0';
const WITH_CHILD = 'test.local/with-child@sha256:0';
const WAITS = 'setInterval(() => {}, 1000)';
const directory = mkdtempSync(join(tmpdir(), 'quilt-end-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Starts an emulator in a process of its own, and a stack with a service of one task in it. */
async function startOwner(image: string) {
  const imageDirectory = join(directory, 'images');
  offerProgram(imageDirectory, NEVER_HEALTHY, { command: [process.execPath, '-e', WAITS] });
  const child = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(WAITS)}])`;
  const server = "require('node:http').createServer((_, response) => response.end()).listen(process.env.PORT)";
  offerProgram(imageDirectory, WITH_CHILD, { command: [process.execPath, '-e', `${child}; ${server}`] });
  const options = { port: await freePort(), directory, imageManifest: manifestOf(imageDirectory) };
  const script = `const { EmulatorProcess } = await import('${RUN}');
    await EmulatorProcess.start(${JSON.stringify(options)}); process.stdout.write('up'); setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout, 'data');

  const stacks = new CloudFormationClient(awsClientSettings(`http://127.0.0.1:${options.port}`));
  const StackName = 'service';
  await stacks.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify({
        Resources: {
          Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'test' } },
          Definition: {
            Type: 'AWS::ECS::TaskDefinition',
            Properties: {
              NetworkMode: 'awsvpc',
              ContainerDefinitions: [{ Name: 'main', Image: image, Essential: true }],
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
  return {
    owner,
    async stackStatus() {
      const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName }));
      return Stacks?.[0]?.StackStatus;
    },
  };
}

function everyProcessHasEnded(): Promise<true> {
  return until('every process has ended', async () => processesOf(directory).length === 0, 20_000);
}

test('the emulator and its tasks end when the process that started them is killed in the middle of a deploy', async () => {
  const { owner } = await startOwner(NEVER_HEALTHY);
  // The owner, the emulator and the task.
  await until('its task has started', async () => processesOf(directory).length > 2);
  owner.kill('SIGKILL');
  await everyProcessHasEnded();
}, 60_000);

test('and so does what a task has started, when it is killed at rest', async () => {
  const { owner, stackStatus } = await startOwner(WITH_CHILD);
  await until('the stack is there', async () => (await stackStatus()) === 'CREATE_COMPLETE');
  expect(processesOf(directory).length).toBeGreaterThan(3);
  owner.kill('SIGKILL');
  await everyProcessHasEnded();
}, 60_000);
