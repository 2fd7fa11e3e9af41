/** What breaks the trust between the services does not survive a deploy, and the record of the deploy says why. */

import { setTimeout as pause } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ECSClient, ListServicesCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { loadEnvironment } from '../../config/load.ts';
import { foundationParameterName } from '../../lib/foundation-contract.ts';
import { clusterName, stackName } from '../../lib/names.ts';
import type { LocalEnvironment } from '../../local/run/environment.ts';
import { offerCrashingImage, offerOpenMcpImage, offerRebuiltImage } from './support/fixture-images.ts';
import { expectGreen, MINUTES, useLocalEnvironment } from './support/local-environment.ts';

const config = loadEnvironment('local');
const cluster = clusterName(config);

let environment: LocalEnvironment;
let ecs: ECSClient;
let openMcp: string;

useLocalEnvironment('gate', { deploy: false }, (started) => {
  ({ environment } = started);
  ecs = new ECSClient(environment.clientSettings);
  openMcp = offerOpenMcpImage(environment.imageDirectory, 'first');
});

interface Deploy {
  readonly ok: boolean;
  /** Lines of the CDK CLI that say why it failed. */
  readonly reason: string;
}

/** Deploys everything with the given `-c` options. */
const deploy = (...context: readonly string[]) => run(['--all'], context);

/** Deploys the services alone, and without a change set: what a good half of the time goes into is not what is tested here. */
const deployServices = (...context: readonly string[]) =>
  run(['Services', '--exclusively', '--method', 'direct'], context);

async function run(what: readonly string[], context: readonly string[]): Promise<Deploy> {
  const lines: string[] = [];
  const options = context.flatMap((one) => ['-c', one]);
  const ok = await environment
    .deploy((line) => lines.push(line), [...what, ...options])
    .then(
      () => true,
      () => false,
    );
  return { ok, reason: lines.filter((line) => line.includes('FAILED')).join('\n') };
}

async function stackStatus(): Promise<string | undefined> {
  const stacks = new CloudFormationClient(environment.clientSettings);
  const answer = await stacks
    .send(new DescribeStacksCommand({ StackName: stackName(config, 'services') }))
    .catch(() => undefined);
  return answer?.Stacks?.[0]?.StackStatus;
}

async function stateTable(): Promise<string> {
  const name = foundationParameterName(config.namePrefix, 'state-table-name');
  const { Parameter } = await new SSMClient(environment.clientSettings).send(new GetParameterCommand({ Name: name }));
  return Parameter?.Value ?? '';
}

interface Revision {
  readonly number: number;
  readonly verdict: string | undefined;
  readonly failedChecks: (string | undefined)[];
  readonly reason: string | undefined;
}

/** Every revision record, oldest first. */
async function revisions(): Promise<Revision[]> {
  const { Items } = await new DynamoDBClient(environment.clientSettings).send(
    new QueryCommand({
      TableName: await stateTable(),
      KeyConditionExpression: 'pk = :pk AND sk < :counter',
      ExpressionAttributeValues: { ':pk': { S: 'revision' }, ':counter': { S: 'last' } },
    }),
  );
  return (Items ?? []).map((item) => ({
    number: Number(item.number?.N),
    verdict: item.verdict?.S,
    failedChecks: item.failedChecks?.L?.map((check) => check.M?.name?.S) ?? [],
    reason: item.reason?.S,
  }));
}

async function lastRevision(): Promise<Revision | undefined> {
  return (await revisions()).at(-1);
}

async function expectNoLock(): Promise<void> {
  const { Item } = await new DynamoDBClient(environment.clientSettings).send(
    new GetItemCommand({ TableName: await stateTable(), Key: { pk: { S: 'lock' }, sk: { S: '-' } } }),
  );
  expect(Item).toBeUndefined();
}

async function taskDefinitions(): Promise<(string | undefined)[]> {
  const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster }));
  if (!serviceArns?.length) return [];
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }));
  return (services ?? []).map((service) => service.taskDefinition).toSorted();
}

async function tasks(): Promise<string[]> {
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster }));
  return (taskArns ?? []).toSorted();
}

/** Asks both services over and over until it is stopped, and counts what did not come through. */
function poll() {
  let going = true;
  let asked = 0;
  const failures: string[] = [];
  const loop = (async () => {
    while (going) {
      for (const [path, expected] of [['/', 200] as const, ['/mcp', 401] as const]) {
        const method = path === '/mcp' ? 'POST' : 'GET';
        const answer = await fetch(`${environment.publicUrl}${path}`, {
          method,
          ...(method === 'POST' && { headers: { 'content-type': 'application/json' }, body: '{}' }),
        }).catch((error: Error) => error);
        asked += 1;
        if (answer instanceof Error) failures.push(answer.message);
        else {
          await answer.arrayBuffer();
          if (answer.status !== expected) failures.push(`${path} ${answer.status}`);
        }
      }
      // The deploy shares this machine.
      await pause(50);
    }
  })();
  return async () => {
    going = false;
    await loop;
    return { asked, failures };
  };
}

test(
  'a red canary on the very first deploy: removed cleanly, and the second try works',
  async () => {
    const first = await deploy(`mcpImage=${openMcp}`);
    expect(first).toEqual({ ok: false, reason: expect.stringContaining('garbage-token-refused') });
    expect(await tasks()).toEqual([]);
    expect(await lastRevision()).toMatchObject({ number: 1, verdict: 'failed' });
    await expectNoLock();

    expect(await deploy()).toMatchObject({ ok: true });
    expect(await lastRevision()).toMatchObject({ number: 2, verdict: 'good', failedChecks: [] });
    await expectNoLock();
    await expectGreen(environment);
  },
  3 * MINUTES,
);

test(
  'the same sources again: nothing runs and nothing is recorded',
  async () => {
    const before = { revisions: await revisions(), tasks: await tasks() };
    expect(await deploy()).toMatchObject({ ok: true });
    expect({ revisions: await revisions(), tasks: await tasks() }).toEqual(before);
  },
  MINUTES,
);

test(
  'a crashing image: the old tasks serve on, the stack goes back, and the next good deploy works',
  async () => {
    const before = { definitions: await taskDefinitions(), tasks: await tasks() };
    const stopPolling = poll();
    const crashed = await deployServices(`mcpImage=${offerCrashingImage(environment.imageDirectory)}`);
    const { asked, failures } = await stopPolling();

    expect(crashed).toEqual({ ok: false, reason: expect.stringContaining('Circuit Breaker') });
    expect(await stackStatus()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(failures).toEqual([]);
    expect(asked).toBeGreaterThan(10);
    expect({ definitions: await taskDefinitions(), tasks: await tasks() }).toEqual(before);
    expect(await lastRevision()).toMatchObject({ number: 3, verdict: 'failed' });
    await expectNoLock();

    const good = await deployServices(`mcpImage=${offerRebuiltImage(environment.imageDirectory, 'mcp', 'good')}`);
    expect(good).toMatchObject({ ok: true });
    expect(await lastRevision()).toMatchObject({ number: 4, verdict: 'good' });
  },
  3 * MINUTES,
);

test(
  'a healthy but wrong image, which accepts every token: red, both services back, and the record names the checks',
  async () => {
    const before = await taskDefinitions();
    const catalog = offerRebuiltImage(environment.imageDirectory, 'catalog', 'with-a-wrong-mcp');
    const stopPolling = poll();
    const wrong = await deployServices(`mcpImage=${openMcp}`, `catalogImage=${catalog}`);
    const { failures } = await stopPolling();

    expect(wrong).toEqual({ ok: false, reason: expect.stringContaining('garbage-token-refused') });
    expect(await stackStatus()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await taskDefinitions()).toEqual(before);
    expect(failures).toEqual([]);
    const record = await lastRevision();
    expect(record).toMatchObject({ number: 5, verdict: 'failed' });
    expect(record?.failedChecks).toEqual(
      expect.arrayContaining(['garbage-token-refused', 'expired-token-refused', 'wrong-audience-refused']),
    );
    await expectNoLock();
    await expectGreen(environment);
  },
  3 * MINUTES,
);
