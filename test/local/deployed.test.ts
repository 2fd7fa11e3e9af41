/**
 * The whole system, deployed once by the real CDK CLI into the emulator. Before the first deploy a person has put the
 * signing secret there by hand, as people do: with a line break at its end, 65 bytes for 64.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServicesCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { LambdaClient, ListFunctionsCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { generateSecret } from '../../auth/generate-secret.ts';
import { loadEnvironment } from '../../config/load.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { rotationFunctionName } from '../../lib/names.ts';
import type { LocalEnvironment } from '../../local/run/environment.ts';
import { callTool, modern, openSession, post as rpcPost } from '../services/support/rpc.ts';
import { expectGreen, MINUTES, useLocalEnvironment } from './support/local-environment.ts';
import { Rotations } from './support/rotations.ts';
import { until } from './support/until.ts';

const { signingSecretParameter, keySetParameter, namePrefix } = loadEnvironment('local');

const secret = generateSecret();
let environment: LocalEnvironment;
let directory: string;
let ssm: SSMClient;
let ecs: ECSClient;
let report: CanaryReport;

useLocalEnvironment('deployed', {}, async (started) => {
  ({ environment, directory } = started);
  ssm = new SSMClient(environment.clientSettings);
  ecs = new ECSClient(environment.clientSettings);
  await ssm.send(new PutParameterCommand({ Name: signingSecretParameter, Value: `${secret}\n`, Type: 'SecureString' }));
});

beforeAll(async () => {
  report = await environment.canary();
}, MINUTES);

/** Both parameters' values by name. */
async function parameters(): Promise<Record<string, string>> {
  const { Parameters } = await ssm.send(
    new GetParametersCommand({ Names: [signingSecretParameter, keySetParameter], WithDecryption: true }),
  );
  return Object.fromEntries((Parameters ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? '']));
}

async function serviceArns(): Promise<string[]> {
  const { serviceArns: arns } = await ecs.send(new ListServicesCommand({ cluster: namePrefix }));
  return arns ?? [];
}

async function services() {
  const { services: found } = await ecs.send(
    new DescribeServicesCommand({ cluster: namePrefix, services: await serviceArns() }),
  );
  return found ?? [];
}

async function login(username: string): Promise<string> {
  const answer = await fetch(`${environment.registryUrl}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: username }),
  });
  return ((await answer.json()) as { token: string }).token;
}

async function enhancedToken(username: string): Promise<string> {
  const answer = await fetch(`${environment.publicUrl}/api/auth/mcp_token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await login(username)}` },
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { token: string }).token;
}

function post(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${environment.publicUrl}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
}

describe('the first deploy', () => {
  test('adopts the secret that was there, trimmed to its 64 bytes', async () => {
    const value = (await parameters())[signingSecretParameter];
    expect(Buffer.byteLength(value ?? '')).toBe(64);
    expect(value).toBe(secret);
  });

  test('ends with a green canary', () => {
    expect(report.checks.filter((check) => check.verdict === 'fail')).toEqual([]);
    expect(report.verdict).toBe('green');
  });

  test('runs two tasks a service, behind one load balancer', async () => {
    for (const service of await services()) {
      expect(service).toMatchObject({ status: 'ACTIVE', desiredCount: 2, runningCount: 2 });
    }
    expect(await serviceArns()).toHaveLength(2);
  });

  test('keeps the service up while it deploys: 100 and 200 percent, breaker with rollback', async () => {
    for (const { deploymentConfiguration } of await services()) {
      expect(deploymentConfiguration).toMatchObject({
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      });
    }
  });
});

describe('the deployed services', () => {
  test('trust each other: a token that the catalog mints for alice calls a tool of the MCP service', async () => {
    const token = await enhancedToken('alice');
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${environment.publicUrl}/mcp`), {
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      }),
    );
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(expect.arrayContaining(['discover_buckets', 'jwt_diagnostics']));
    const answer = await client.callTool({ name: 'jwt_diagnostics', arguments: {} });
    expect(JSON.stringify(answer)).toContain('alice');
    await client.close();
  });

  test('keep people apart: 200 calls at once of two, under equal IDs and over both tasks (B24, B26)', async () => {
    const url = `${environment.publicUrl}/mcp`;
    const people = await Promise.all(
      ['alice', 'bob'].map(async (name) => {
        const authorization = `Bearer ${await enhancedToken(name)}`;
        return { name, headers: { ...(await openSession(url)), authorization } };
      }),
    );
    const { message } = modern('tools/call', { name: 'jwt_diagnostics', arguments: {} });
    const { headers: modernHeaders } = modern('tools/call', { name: 'jwt_diagnostics' });
    const calls = Array.from({ length: 200 }, async (_, index) => {
      const { name, headers } = people[index % 2] ?? people[0] ?? { name: '', headers: {} };
      const { authorization } = headers as { authorization: string };
      const answer = await (index % 4 < 2
        ? rpcPost(url, { ...message, id: 1 }, { ...modernHeaders, authorization })
        : rpcPost(url, { ...callTool('jwt_diagnostics'), id: 1 }, headers));
      return { name, sub: answer.message.result?.structuredContent.sub, task: answer.headers.get('x-quilt-task') };
    });
    const answers = await Promise.all(calls);
    expect(answers.filter(({ name, sub }) => name !== sub)).toEqual([]);
    expect(new Set(answers.map(({ task }) => task)).size).toBe(2);
  });

  test('let people use the buckets of their role, and no others, with credentials made for them (B05, B08)', async () => {
    const url = `${environment.publicUrl}/mcp`;
    const list = async (person: string, bucket: string) => {
      const headers = { ...(await openSession(url)), authorization: `Bearer ${await enhancedToken(person)}` };
      const { message } = await rpcPost(url, callTool('bucket_objects_list', { bucket }), headers);
      return JSON.stringify(message.result);
    };
    expect(await list('alice', 's3://quilt-local-genomes')).toContain('README.md');
    expect(await list('bob', 'quilt-local-images')).toContain('bucket_not_in_token');
  });

  test.each(['/mcp', '/mcp/'])('refuse %s without a token, as JSON and without a redirect', async (path) => {
    const answer = await post(path);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('content-type')).toMatch(/application\/json/);
  });

  test('serve a tools list on /mcp/ too', async () => {
    const session = await openSession(`${environment.publicUrl}/mcp/`);
    const answer = await post('/mcp/', { ...session, authorization: `Bearer ${await enhancedToken('bob')}` });
    expect(answer.status).toBe(200);
  });

  test('name their task and key IDs on every response, and hold the same keys', async () => {
    const catalog = await fetch(environment.publicUrl);
    const mcp = await post('/mcp');
    expect(catalog.headers.get('x-quilt-task')).toMatch(/^[0-9a-f]{16}$/);
    expect(mcp.headers.get('x-quilt-task')).toMatch(/^[0-9a-f]{16}$/);
    expect(mcp.headers.get('x-quilt-key-ids')?.split(/, */)).toContain(catalog.headers.get('x-quilt-key-ids'));
  });

  test('describe the MCP service at the well-known path to any page (B27), and refuse foreign pages elsewhere', async () => {
    const metadata = await fetch(`${environment.publicUrl}/.well-known/oauth-protected-resource/mcp`);
    expect([metadata.status, metadata.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(await metadata.json()).toMatchObject({ resource: `${environment.publicUrl}/mcp` });
    const foreign = await post('/mcp', { origin: 'https://attacker.example' });
    const own = await post('/mcp', { origin: environment.publicUrl });
    expect([foreign.status, own.status]).toEqual([403, 401]);
    expect(own.headers.get('access-control-allow-origin')).toBe(environment.publicUrl);
  });

  test('publish where the MCP service is, and no secret', async () => {
    const answer = await fetch(`${environment.publicUrl}/config.json`);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toContain('/mcp');
    expect(text).not.toContain(secret);
  });
});

describe('a second deploy of the same sources', () => {
  test('changes nothing', async () => {
    const before = await ecs.send(new ListTasksCommand({ cluster: namePrefix }));
    await environment.deploy();
    const after = await ecs.send(new ListTasksCommand({ cluster: namePrefix }));
    expect(after.taskArns?.toSorted()).toEqual(before.taskArns?.toSorted());
  }, 60_000);
});

describe('a task that starts while a parameter is missing', () => {
  test('fails visibly, the old tasks keep serving, and it is put back as soon as the rotation function gets to it', async () => {
    const saved = await parameters();
    const [mcp] = (await serviceArns()).filter((arn) => arn.includes('mcp'));
    const running = await ecs.send(new ListTasksCommand({ cluster: namePrefix }));
    const lambda = new LambdaClient(environment.clientSettings);
    const FunctionName = rotationFunctionName({ namePrefix });
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    try {
      await ssm.send(new DeleteParameterCommand({ Name: keySetParameter }));
      await ecs.send(new UpdateServiceCommand({ cluster: namePrefix, service: mcp, forceNewDeployment: true }));
      const reason = await until('a task has failed to start', async () => {
        const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: namePrefix, desiredStatus: 'STOPPED' }));
        if (!taskArns?.length) return undefined;
        const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: namePrefix, tasks: taskArns }));
        return tasks?.find((task) => task.stopCode === 'TaskFailedToStart')?.stoppedReason;
      });
      expect(reason).toMatch(/^ResourceInitializationError: unable to pull secrets/);
      expect(reason).toContain(keySetParameter);
      await until('the circuit breaker has gone back to the old tasks', async () => {
        const found = (await services()).find(({ serviceArn }) => serviceArn === mcp);
        return found?.deployments?.length === 1 && found.deployments[0]?.rolloutState === 'COMPLETED';
      });
      const now = await ecs.send(new ListTasksCommand({ cluster: namePrefix }));
      expect(now.taskArns?.toSorted()).toEqual(running.taskArns?.toSorted());
      expect((await post('/mcp')).status).toBe(401);
    } finally {
      await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 }));
    }
    const rotations = new Rotations(environment);
    await rotations.recordWhen('the parameter is repaired', ({ last }) => last?.outcome === 'repaired');
    const now = await parameters();
    for (const [name, value] of Object.entries(saved)) expect(now[name] === value).toBe(true);
    await expectGreen(environment);
  }, 90_000);
});

describe('the live secret and its key', () => {
  /** The secret as it may appear: itself and as the key set encodes it. */
  const traces = [secret, Buffer.from(secret).toString('base64url'), Buffer.from(`${secret}\n`).toString('base64')];

  function expectNoTrace(where: string, text: string): void {
    // The text may hold a secret when this fails, so it is not what is compared.
    expect({ where, found: traces.some((trace) => text.includes(trace)) }).toEqual({ where, found: false });
  }

  test("are in no file of the run: cloud assembly, assets, images, functions, the emulator's own log", () => {
    const files = filesBelow(directory);
    expect(files).toEqual(
      expect.arrayContaining([environment.logFile, join(environment.assemblyDirectory, 'manifest.json')]),
    );
    for (const file of files) expectNoTrace(file, readFileSync(file, 'latin1'));
  });

  test('are in no answer of the Lambda API', async () => {
    const { Functions } = await new LambdaClient(environment.clientSettings).send(new ListFunctionsCommand({}));
    expect(Functions?.length).toBeGreaterThan(1);
    expectNoTrace('ListFunctions', JSON.stringify(Functions));
  });

  test('are in no log group', async () => {
    const logs = new CloudWatchLogsClient(environment.clientSettings);
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups?.length).toBeGreaterThan(3);
    for (const { logGroupName } of logGroups ?? []) {
      for await (const { events } of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
        expectNoTrace(logGroupName ?? '', JSON.stringify(events));
      }
    }
  });

  test('are in no answer of CloudFormation', async () => {
    const stacks = new CloudFormationClient(environment.clientSettings);
    const { StackSummaries } = await stacks.send(new ListStacksCommand({}));
    for (const { StackName } of StackSummaries ?? []) {
      const answers = await Promise.all([
        stacks.send(new DescribeStacksCommand({ StackName })),
        stacks.send(new DescribeStackEventsCommand({ StackName })),
        stacks.send(new DescribeStackResourcesCommand({ StackName })),
        stacks.send(new GetTemplateCommand({ StackName })),
      ]);
      expectNoTrace(StackName ?? '', JSON.stringify(answers));
    }
  });

  test('are in no description of the parameters, and in no plain parameter', async () => {
    const { Parameters } = await ssm.send(new DescribeParametersCommand({ MaxResults: 50 }));
    expect(Parameters?.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining([signingSecretParameter, keySetParameter]),
    );
    expectNoTrace('DescribeParameters', JSON.stringify(Parameters));
    const undecrypted = await ssm.send(new GetParametersCommand({ Names: [signingSecretParameter, keySetParameter] }));
    expect(undecrypted.Parameters?.every(({ Type }) => Type === 'SecureString')).toBe(true);
  });

  test('are in no lock, record or report of the state table', async () => {
    const dynamodb = new DynamoDBClient(environment.clientSettings);
    const { TableNames } = await dynamodb.send(new ListTablesCommand({}));
    expect(TableNames).toHaveLength(1);
    const { Items } = await dynamodb.send(new ScanCommand({ TableName: TableNames?.[0] }));
    expect(Items?.length).toBeGreaterThan(2);
    expectNoTrace('state table', JSON.stringify(Items));
  });

  test('are in no answer of the ECS API', async () => {
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: namePrefix }));
    const tasks = await ecs.send(new DescribeTasksCommand({ cluster: namePrefix, tasks: taskArns }));
    expectNoTrace('DescribeTasks', JSON.stringify(tasks.tasks));
    for (const { taskDefinition } of await services()) {
      const found = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      expectNoTrace('DescribeTaskDefinition', JSON.stringify(found.taskDefinition));
    }
  });

  test('are not in the report of the canary', () => {
    expectNoTrace('report', JSON.stringify(report));
  });
});

describe('destroy and deploy again', () => {
  test('finds the secret that stayed, under a new key, and both services trust each other as before', async () => {
    const before = await parameters();
    await environment.cdk(['destroy', '--all', '--force', ...environment.context()]);
    expect((await parameters())[signingSecretParameter] === before[signingSecretParameter]).toBe(true);

    await environment.deploy();
    const after = await parameters();
    for (const name of [signingSecretParameter, keySetParameter]) expect(after[name] === before[name]).toBe(true);
    await expectGreen(environment);
  }, 120_000);
});

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
