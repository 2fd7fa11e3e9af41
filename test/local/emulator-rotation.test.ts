import { hasImage, SERVICES_DIRECTORY } from '../../cli/local/images.ts';
/**
 * What a rotation rests upon besides templates and services: the emulator's state machines, ECS, Parameter Store and events do
 * as AWS does. Each of these was read in AWS's documentation; a difference here would prove a rotation that fails there.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { CreateTargetGroupCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DeleteParameterCommand, GetParameterHistoryCommand, SSMClient } from '@aws-sdk/client-ssm';
import { EMULATOR_ACCOUNT } from '../../config/emulator.ts';
import { type BareEmulator, startBareEmulator } from './support/bare-emulator.ts';
import { killFunction } from './support/kill-function.ts';
import { executionEnd, inlineFunction, stateMachine } from './support/machine.ts';
import { until } from './support/until.ts';
import { isAlive, reluctantService, startWitness, type Witness, witnessedFunction } from './support/witness.ts';
import { writeSecret } from './support/write-secret.ts';

const RELUCTANT = 'test.local/reluctant@sha256:0';
const PARTICULAR = 'test.local/particular@sha256:0';
const PICKY = 'test.local/picky@sha256:0';
const MACHINE = `arn:aws:states:us-east-1:${EMULATOR_ACCOUNT}:stateMachine:`;

let witness: Witness;
let bare: BareEmulator;
let ecs: ECSClient;
let ssm: SSMClient;
let machines: SFNClient;

beforeAll(async () => {
  witness = await startWitness();
  const particular = `if (process.env.VALUE === 'bad') process.exit(1);
    http.createServer((_, r) => r.end('ok')).listen(process.env.PORT, process.env.HOST);`;
  const picky = `http.createServer((q, r) => { r.statusCode = q.url === '/right' ? 200 : 404; r.end(); })
    .listen(process.env.PORT, process.env.HOST);`;
  bare = await startBareEmulator([], {
    [PICKY]: { command: [process.execPath, '-e', picky] },
    [RELUCTANT]: { command: [process.execPath, '-e', reluctantService(witness.url)], healthPath: '/' },
    [PARTICULAR]: { command: [process.execPath, '-e', particular], healthPath: '/' },
  });
  ecs = new ECSClient(bare.settings);
  ssm = new SSMClient(bare.settings);
  machines = new SFNClient(bare.settings);
  await ecs.send(new CreateClusterCommand({ clusterName: 'test' }));
}, 60_000);

afterAll(async () => {
  await bare?.stop();
  await witness?.close();
});

/** Starts a service of one task whose VALUE is a parameter, and waits until it has settled. */
async function startService(
  name: string,
  image: string,
  parameter: string,
  more: Partial<CreateServiceCommandInput> = {},
): Promise<void> {
  const containerDefinitions = [
    { name: 'main', image, essential: true, secrets: [{ name: 'VALUE', valueFrom: parameter }] },
  ];
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions,
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'test',
      serviceName: name,
      taskDefinition: name,
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      ...more,
    }),
  );
  await settled(name);
}

async function deployments(service: string) {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'test', services: [service] }));
  return services?.[0]?.deployments ?? [];
}

/** The only deployment of a service, once there is only one and it is complete. */
function settled(service: string) {
  return until(`service ${service} has settled`, async () => {
    const [only, ...others] = await deployments(service);
    return others.length === 0 && only?.rolloutState !== 'IN_PROGRESS' && only;
  });
}

async function tasks(serviceName: string, desiredStatus: 'RUNNING' | 'STOPPED') {
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'test', serviceName, desiredStatus }));
  if (!taskArns?.length) return [];
  const { tasks: found } = await ecs.send(new DescribeTasksCommand({ cluster: 'test', tasks: taskArns }));
  return found ?? [];
}

async function start(machine: string, input: object = {}): Promise<string> {
  const started = await machines.send(
    new StartExecutionCommand({ stateMachineArn: `${MACHINE}${machine}`, input: JSON.stringify(input) }),
  );
  return started.executionArn ?? '';
}

describe('ECS', () => {
  test('replaces tasks on demand; an old one drains in sight, and is STOPPED when its process has ended', async () => {
    await writeSecret(ssm, '/test/roll', 'first');
    await startService('roll', RELUCTANT, '/test/roll');
    const [old] = await tasks('roll', 'RUNNING');

    await writeSecret(ssm, '/test/roll', 'second');
    const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name: '/test/roll' }));
    const changedAt = Parameters?.at(-1)?.LastModifiedDate?.getTime() ?? Number.NaN;
    const { service } = await ecs.send(
      new UpdateServiceCommand({ cluster: 'test', service: 'roll', forceNewDeployment: true }),
    );
    const begun = service?.deployments?.find(({ status }) => status === 'PRIMARY');
    const draining = await witness.next('draining');

    const [stopping] = await tasks('roll', 'STOPPED');
    expect(stopping?.taskArn).toBe(old?.taskArn);
    expect(stopping?.lastStatus).toBe('DEACTIVATING');
    expect(stopping?.createdAt?.getTime()).toBeLessThan(changedAt);
    const running = await tasks('roll', 'RUNNING');
    expect(running.map(({ createdAt }) => (createdAt?.getTime() ?? 0) > changedAt)).toEqual([true]);

    draining.answer();
    await until('the old task is STOPPED', async () => (await tasks('roll', 'STOPPED'))[0]?.lastStatus === 'STOPPED');
    expect(isAlive(draining.pid)).toBe(false);
    expect(await settled('roll')).toMatchObject({ id: begun?.id, status: 'PRIMARY' });
  }, 60_000);

  test('goes back to the deployment before, and to its tasks, when new tasks of a forced one crash', async () => {
    await writeSecret(ssm, '/test/breaker', 'good');
    await startService('breaker', PARTICULAR, '/test/breaker');
    const before = { deployment: await settled('breaker'), tasks: await tasks('breaker', 'RUNNING') };

    await writeSecret(ssm, '/test/breaker', 'bad');
    const { service } = await ecs.send(
      new UpdateServiceCommand({ cluster: 'test', service: 'breaker', forceNewDeployment: true }),
    );
    const begun = service?.deployments?.find(({ status }) => status === 'PRIMARY')?.id;
    expect(begun).not.toBe(before.deployment.id);
    expect(await settled('breaker')).toMatchObject({ id: before.deployment.id, status: 'PRIMARY' });
    const taskArns = (found: typeof before.tasks) => found.map(({ taskArn }) => taskArn);
    expect(taskArns(await tasks('breaker', 'RUNNING'))).toEqual(taskArns(before.tasks));
  }, 60_000);
});

describe('an image of this clone', () => {
  const bundle = readFileSync(join(SERVICES_DIRECTORY, 'catalog', 'dist', 'server.mjs'));
  const built = `quilt.local/catalog@sha256:${createHash('sha256').update(bundle).digest('hex')}`;
  const older = `quilt.local/catalog@sha256:${'0'.repeat(64)}`;

  test.each([
    ['is there under the digest of its bundle', built, true],
    ['is not there under another one', older, false],
  ])(
    '%s',
    async (_name, image, isThere) => {
      expect(hasImage(join(bare.directory, 'images'), image)).toBe(isThere);
      const family = `built-${isThere}`;
      const container = { name: 'main', image, essential: true };
      await ecs.send(
        new RegisterTaskDefinitionCommand({
          ...{ family, networkMode: 'awsvpc', containerDefinitions: [container] },
          requiresCompatibilities: ['FARGATE'],
        }),
      );
      const { tasks: started } = await ecs.send(new RunTaskCommand({ cluster: 'test', taskDefinition: family }));
      const [stopped] = await until('the task is STOPPED', async () => {
        const { tasks: found } = await ecs.send(
          new DescribeTasksCommand({ cluster: 'test', tasks: [started?.[0]?.taskArn ?? ''] }),
        );
        return found?.[0]?.lastStatus === 'STOPPED' && found;
      });
      // Without its environment the service exits by itself; an image that is not there never starts.
      expect(stopped?.containers?.[0]?.exitCode).toBe(isThere ? 1 : undefined);
    },
    60_000,
  );
});

describe('the health check of a target group', () => {
  const start = async (path: string) => {
    const balancers = new ElasticLoadBalancingV2Client(bare.settings);
    const group = { Name: path.slice(1), Protocol: 'HTTP', Port: 8080, TargetType: 'ip', VpcId: 'vpc-0' } as const;
    const { TargetGroups } = await balancers.send(new CreateTargetGroupCommand({ ...group, HealthCheckPath: path }));
    await writeSecret(ssm, '/test/path', 'any');
    await startService(path.slice(1), PICKY, '/test/path', {
      loadBalancers: [
        { targetGroupArn: TargetGroups?.[0]?.TargetGroupArn, containerName: 'main', containerPort: 8080 },
      ],
    });
    return deployments(path.slice(1));
  };

  test('decides whether a task is healthy', async () => {
    expect(await start('/right')).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 1 }]);
  }, 60_000);

  test('fails a deployment whose tasks answer it with an error', async () => {
    expect(await start('/wrong')).toMatchObject([{ rolloutState: 'FAILED', runningCount: 0 }]);
  }, 60_000);
});

describe('Parameter Store', () => {
  test('returns the values that a parameter had, until it is deleted; made again, it starts with version 1', async () => {
    await writeSecret(ssm, '/test/history', 'first');
    await writeSecret(ssm, '/test/history', 'second');
    const history = new GetParameterHistoryCommand({ Name: '/test/history', WithDecryption: true });
    const before = (await ssm.send(history)).Parameters ?? [];
    expect(before.map(({ Version, Value }) => [Version, Value])).toEqual([
      [1, 'first'],
      [2, 'second'],
    ]);
    const [first, second] = before.map(({ LastModifiedDate }) => LastModifiedDate?.getTime() ?? Number.NaN);
    expect(first).toBeLessThanOrEqual(second ?? 0);

    await ssm.send(new DeleteParameterCommand({ Name: '/test/history' }));
    await expect(ssm.send(history)).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(await writeSecret(ssm, '/test/history', 'third')).toMatchObject({ Version: 1 });
    expect((await ssm.send(history)).Parameters).toHaveLength(1);
  });
});

describe('a state machine', () => {
  const TASK = {
    Type: 'Task',
    Resource: `\${Function.Arn}`,
    Parameters: { 'execution.$': '$$.Execution.Id', 'command.$': '$$.Execution.Input', 'progress.$': '$' },
  };

  /** Makes a machine whose one task calls a function, which answers as the witness does. */
  async function witnessedMachine(name: string, task: object, functionMore: object = {}): Promise<void> {
    const status = await bare.createStack(name, {
      Function: inlineFunction(name, witnessedFunction(witness.url), functionMore),
      Machine: stateMachine(name, 'Advance', { Advance: { ...TASK, ...task, End: true } }),
    });
    expect(status).toBe('CREATE_COMPLETE');
  }

  test('carries a function from step to step, waits as it says, and ends as it says', async () => {
    const source = `exports.handler = async ({ execution, command, progress }) => {
      if (progress.result !== 'wait') return { result: 'wait', seconds: 1, phase: 'first' };
      if (command.fail) return { result: 'failed', code: 'undone', message: execution };
      return { result: 'done', seen: progress };
    };`;
    const choose = (variable: string, choices: Record<string, string>) => ({
      Type: 'Choice',
      Choices: Object.entries(choices).map(([value, Next]) => ({ Variable: variable, StringEquals: value, Next })),
    });
    const resources = {
      Function: inlineFunction('steps', source),
      Machine: stateMachine('steps', 'Advance', {
        Advance: { ...TASK, Next: 'Result' },
        Result: choose('$.result', { wait: 'Phase', done: 'Done', failed: 'Failed' }),
        Phase: choose('$.phase', { first: 'first' }),
        first: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Advance' },
        Done: { Type: 'Succeed' },
        Failed: { Type: 'Fail', ErrorPath: '$.code', CausePath: '$.message' },
      }),
    };
    expect(await bare.createStack('steps', resources)).toBe('CREATE_COMPLETE');

    const [good, bad] = await Promise.all([start('steps', { fail: false }), start('steps', { fail: true })]);
    const succeeded = await executionEnd(machines, good);
    expect(succeeded.status).toBe('SUCCEEDED');
    expect(JSON.parse(succeeded.output ?? '')).toEqual({
      result: 'done',
      seen: { result: 'wait', seconds: 1, phase: 'first' },
    });
    expect(await executionEnd(machines, bad)).toMatchObject({ status: 'FAILED', error: 'undone', cause: bad });
    const nobody = machines.send(new DescribeExecutionCommand({ executionArn: `${good}-not` }));
    await expect(nobody).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  }, 60_000);

  test('takes the definition of an updated stack', async () => {
    const pass = (Result: object) => stateMachine('updated', 'Only', { Only: { Type: 'Pass', Result, End: true } });
    await bare.createStack('updated', { Machine: pass({ edition: 1 }) });
    const stacks = new CloudFormationClient(bare.settings);
    const TemplateBody = JSON.stringify({ Resources: { Machine: pass({ edition: 2 }) } });
    await stacks.send(new UpdateStackCommand({ StackName: 'updated', TemplateBody }));
    await until('the stack is updated', async () => {
      const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName: 'updated' }));
      return Stacks?.[0]?.StackStatus === 'UPDATE_COMPLETE';
    });
    expect((await executionEnd(machines, await start('updated'))).output).toBe('{"edition": 2}');
  });

  test('has one invocation of a function at a time where one is reserved, and retries the refused one', async () => {
    const Retry = [
      { ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1, MaxDelaySeconds: 1, MaxAttempts: 60 },
    ];
    await witnessedMachine('alone', { Retry }, { ReservedConcurrentExecutions: 1 });
    const first = await start('alone');
    const held = await witness.next('invoked');
    const second = await start('alone');
    await until('the second execution has been refused', async () => {
      const { events } = await machines.send(new GetExecutionHistoryCommand({ executionArn: second }));
      return events?.some((event) => event.taskFailedEventDetails?.error === 'Lambda.TooManyRequestsException');
    });
    const before = witness.count('invoked');
    held.answer({ who: 'first' });
    expect((await executionEnd(machines, first)).output).toBe('{"who": "first"}');
    const next = await witness.next('invoked');
    expect(witness.count('invoked')).toBe(before + 1);
    next.answer({ who: 'second' });
    expect((await executionEnd(machines, second)).output).toBe('{"who": "second"}');
  }, 60_000);

  test('retries a function whose process was killed', async () => {
    await witnessedMachine('mortal', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2 }] });
    const execution = await start('mortal');
    const { pid } = await witness.next('invoked');
    expect(killFunction(bare.directory, 'mortal')).toBe(1);
    const again = await witness.next('invoked');
    expect(again.pid).not.toBe(pid);
    again.answer({ alive: true });
    expect(await executionEnd(machines, execution)).toMatchObject({ status: 'SUCCEEDED', output: '{"alive": true}' });
  }, 60_000);
});

describe('EventBridge', () => {
  const target = { Arn: `${MACHINE}told`, RoleArn: `arn:aws:iam::${EMULATOR_ACCOUNT}:role/test` };

  async function inputs(machine: string): Promise<string[]> {
    const { executions } = await machines.send(new ListExecutionsCommand({ stateMachineArn: `${MACHINE}${machine}` }));
    const found = await Promise.all(
      (executions ?? []).map(({ executionArn }) => machines.send(new DescribeExecutionCommand({ executionArn }))),
    );
    return found.map(({ input }) => input ?? '');
  }

  test('starts a state machine by a schedule, and for every change of the parameters that a rule names', async () => {
    await bare.createStack('events', {
      Machine: stateMachine('told', 'Only', { Only: { Type: 'Pass', End: true } }),
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        DependsOn: 'Machine',
        Properties: {
          ScheduleExpression: 'at(2026-01-01T00:00:00)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { ...target, Input: '{"by":"schedule"}' },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        DependsOn: 'Machine',
        Properties: {
          EventPattern: {
            source: ['aws.ssm'],
            'detail-type': ['Parameter Store Change'],
            detail: { name: ['/test/watched'] },
          },
          Targets: [{ ...target, Id: 'told', InputPath: '$.detail' }],
        },
      },
    });
    await writeSecret(ssm, '/test/other', 'value');
    await writeSecret(ssm, '/test/watched', 'first');
    await writeSecret(ssm, '/test/watched', 'second');
    await ssm.send(new DeleteParameterCommand({ Name: '/test/watched' }));

    const told = await until('the schedule and the rule have started it', async () => {
      const found = (await inputs('told')).map((input) => JSON.parse(input));
      return found.length >= 4 && found;
    });
    const change = (operation: string) => ({
      operation,
      name: '/test/watched',
      type: 'SecureString',
      description: '',
    });
    expect(told).toHaveLength(4);
    expect(told).toEqual(
      expect.arrayContaining([{ by: 'schedule' }, change('Create'), change('Update'), change('Delete')]),
    );
  }, 60_000);
});
