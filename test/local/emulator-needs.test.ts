/**
 * What the pinned MiniStack release lacks, addition by addition (docs/local.md). A test that fails here after an
 * upgrade is good news: the release can do it now, and the addition it names can go.
 */

import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { CreateTargetGroupCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetFunctionConcurrencyCommand, LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { EMULATOR_ACCOUNT } from '../../config/emulator.ts';
import { type BareEmulator, startBareEmulator } from './support/bare-emulator.ts';
import { executionEnd, inlineFunction, stateMachine } from './support/machine.ts';
import { until } from './support/until.ts';
import { reluctantService, startWitness, type Witness } from './support/witness.ts';

const ADDITIONS = [
  'ecs_deployments',
  'ecs_health',
  'ecs_secrets',
  'ecs_stopping',
  'ecs_times',
  'cloudformation_function',
  'cloudformation_network_types',
  'cloudformation_parameters',
  'cloudformation_replacements',
  'cloudformation_service',
  'cloudformation_task_definition',
  'load_balancer_targets',
  'logs_json_patterns',
  'ssm_change_events',
  'stepfunctions_lambda',
];
const CRASHING = 'test.local/crashing@sha256:0';
const MEASURING = 'test.local/measuring@sha256:0';
const ANSWERING = 'test.local/answering@sha256:0';
const PICKY = 'test.local/picky@sha256:0';
const RELUCTANT = 'test.local/reluctant@sha256:0';

function program(source: string) {
  return { command: [process.execPath, '-e', source], healthPath: '/' };
}

const IMAGES = {
  [CRASHING]: program('process.exit(1)'),
  [MEASURING]: program('console.log("measured", (process.env.VALUE ?? "").length)'),
  [PICKY]: program(
    'http.createServer((q, r) => { r.statusCode = q.url === "/" ? 200 : 404; r.end(); }).listen(process.env.PORT, process.env.HOST)',
  ),
  [ANSWERING]: program('http.createServer((_, r) => r.end("ok")).listen(process.env.PORT, process.env.HOST)'),
};

function containerDefinition(image: string) {
  return { Name: 'main', Image: image, Essential: true, PortMappings: [{ ContainerPort: 8080 }] };
}

function taskDefinition(image: string, more: object = {}) {
  return {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: '256',
      Memory: '512',
      ContainerDefinitions: [{ ...containerDefinition(image), ...more }],
    },
  };
}

let witness: Witness;
let bare: BareEmulator;
let ecs: ECSClient;

beforeAll(async () => {
  witness = await startWitness();
  bare = await startBareEmulator(ADDITIONS, { ...IMAGES, [RELUCTANT]: program(reluctantService(witness.url)) });
  ecs = new ECSClient(bare.settings);
  await ecs.send(new CreateClusterCommand({ clusterName: 'test' }));
}, 60_000);

afterAll(async () => {
  await bare?.stop();
  await witness?.close();
});

/** Registers a task definition through the API and returns its family. */
async function register(family: string, image: string, secret?: string): Promise<string> {
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [
        {
          name: 'main',
          image,
          essential: true,
          ...(secret ? { secrets: [{ name: 'VALUE', valueFrom: secret }] } : {}),
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': `/test/${family}`,
              'awslogs-create-group': 'true',
              'awslogs-region': 'us-east-1',
              'awslogs-stream-prefix': 'test',
            },
          },
        },
      ],
    }),
  );
  return family;
}

test('ecs_deployments: a first deployment counts as complete before a task has started', async () => {
  const taskDefinition = await register('first', CRASHING);
  const { service } = await ecs.send(
    new CreateServiceCommand({ cluster: 'test', serviceName: 'first', taskDefinition, desiredCount: 1 }),
  );
  expect(service?.deployments?.[0]?.rolloutState).toBe('COMPLETED');
});

test('ecs_health: a task runs although its target group would never get an answer', async () => {
  const balancers = new ElasticLoadBalancingV2Client(bare.settings);
  const group = { Name: 'group', Protocol: 'HTTP', Port: 8080, TargetType: 'ip', VpcId: 'vpc-0' } as const;
  const { TargetGroups } = await balancers.send(new CreateTargetGroupCommand({ ...group, HealthCheckPath: '/wrong' }));
  const loadBalancer = {
    targetGroupArn: TargetGroups?.[0]?.TargetGroupArn,
    containerName: 'main',
    containerPort: 8080,
  };
  const its = { cluster: 'test', serviceName: 'unasked', desiredCount: 1, loadBalancers: [loadBalancer] };
  await ecs.send(new CreateServiceCommand({ ...its, taskDefinition: await register('unasked', PICKY) }));
  await until('the task runs', async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'test', services: ['unasked'] }));
    return services?.[0]?.runningCount === 1;
  });
});

test('ecs_secrets: a task gets the ciphertext of a SecureString', async () => {
  const value = 'v'.repeat(64);
  const ssm = new SSMClient(bare.settings);
  await ssm.send(new PutParameterCommand({ Name: '/test/value', Value: value, Type: 'SecureString' }));
  const taskDefinition = await register('secret', MEASURING, '/test/value');
  await ecs.send(new RunTaskCommand({ cluster: 'test', taskDefinition }));
  const logs = new CloudWatchLogsClient(bare.settings);
  const line = await until('the task has printed the length of its secret', async () => {
    const found = await logs.send(new FilterLogEventsCommand({ logGroupName: '/test/secret' })).catch(() => undefined);
    return found?.events?.find((event) => event.message?.startsWith('measured'))?.message;
  });
  expect(line).not.toBe('measured 64');
});

test('ecs_stopping: a task is STOPPED while its process goes on', async () => {
  const taskDefinition = await register('reluctant', RELUCTANT);
  const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'test', taskDefinition }));
  const task = tasks?.[0]?.taskArn ?? '';
  const status = async () => {
    const found = await ecs.send(new DescribeTasksCommand({ cluster: 'test', tasks: [task] }));
    return found.tasks?.[0]?.lastStatus;
  };
  await until('the task runs', async () => (await status()) === 'RUNNING');
  const stopped = ecs.send(new StopTaskCommand({ cluster: 'test', task }));
  const draining = await witness.next('draining');
  expect(await status()).toBe('STOPPED');
  draining.answer();
  await stopped;
});

test('ecs_times: a task reports its times in whole seconds', async () => {
  const taskDefinition = await register('times', ANSWERING);
  const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'test', taskDefinition, count: 3 }));
  expect(tasks?.map(({ createdAt }) => (createdAt?.getTime() ?? Number.NaN) % 1000)).toEqual([0, 0, 0]);
});

test('cloudformation_function: a function loses its reserved concurrency', async () => {
  const It = inlineFunction('limited', 'exports.handler = async () => 1;', { ReservedConcurrentExecutions: 1 });
  expect(await bare.createStack('limited', { It })).toBe('CREATE_COMPLETE');
  const lambda = new LambdaClient(bare.settings);
  const limit = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: 'limited' }));
  expect(limit.ReservedConcurrentExecutions).toBeUndefined();
});

test('cloudformation_task_definition: a container definition loses its secrets', async () => {
  const secrets = { Secrets: [{ Name: 'VALUE', ValueFrom: '/test/value' }] };
  await bare.createStack('definition', {
    Definition: {
      ...taskDefinition(ANSWERING, secrets),
      Properties: { ...taskDefinition(ANSWERING, secrets).Properties, Family: 'made' },
    },
  });
  const { taskDefinition: made } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'made' }));
  expect(made?.containerDefinitions?.[0]?.secrets?.[0]?.name).toBeUndefined();
});

test('cloudformation_service: a stack is complete although its service never starts', async () => {
  const status = await bare.createStack('service', {
    Definition: taskDefinition(CRASHING),
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        Cluster: 'test',
        ServiceName: 'crashing',
        DesiredCount: 1,
        TaskDefinition: { Ref: 'Definition' },
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
      },
    },
  });
  expect(status).toBe('CREATE_COMPLETE');
});

test.each(['EIP', 'NatGateway', 'FlowLog'])('cloudformation_network_types: AWS::EC2::%s is refused', async (type) => {
  const create = new CloudFormationClient(bare.settings).send(
    new CreateStackCommand({
      StackName: `type-${type}`,
      TemplateBody: JSON.stringify({ Resources: { It: { Type: `AWS::EC2::${type}`, Properties: {} } } }),
    }),
  );
  await expect(create).rejects.toThrow(`Unrecognized resource types: [AWS::EC2::${type}]`);
});

test('cloudformation_parameters: a stack shows what an SSM parameter holds in place of its name', async () => {
  await new SSMClient(bare.settings).send(
    new PutParameterCommand({ Name: '/test/given', Value: 'held', Type: 'String' }),
  );
  const stacks = new CloudFormationClient(bare.settings);
  const its = { StackName: 'given', ChangeSetName: 'first' };
  const given = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/test/given' };
  const Resources = { It: { Type: 'AWS::Logs::LogGroup' } };
  const TemplateBody = JSON.stringify({ Parameters: { Given: given }, Resources });
  await stacks.send(new CreateChangeSetCommand({ ...its, ChangeSetType: 'CREATE', TemplateBody }));
  await stacks.send(new ExecuteChangeSetCommand(its));
  const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName: 'given' }));
  expect(Stacks?.[0]?.Parameters).toEqual([{ ParameterKey: 'Given', ParameterValue: 'held' }]);
});

test('cloudformation_replacements: a change set takes a change of an inline policy for a replacement', async () => {
  const policy = (Action: string) => {
    const PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
    return { It: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'it', PolicyDocument, Roles: [] } } };
  };
  await bare.createStack('policy', policy('s3:GetObject'));
  const stacks = new CloudFormationClient(bare.settings);
  const its = { StackName: 'policy', ChangeSetName: 'other' };
  const TemplateBody = JSON.stringify({ Resources: policy('s3:PutObject') });
  await stacks.send(new CreateChangeSetCommand({ ...its, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }));
  const { Changes } = await stacks.send(new DescribeChangeSetCommand(its));
  expect(Changes?.map(({ ResourceChange }) => ResourceChange?.Replacement)).toEqual(['Conditional']);
});

test('load_balancer_targets: the load balancer dials the address of a task, which is a name only', async () => {
  const status = await bare.createStack('balanced', {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' } },
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { Name: 'balanced', Subnets: [{ Ref: 'Subnet' }] },
    },
    Targets: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: { Port: 8080, Protocol: 'HTTP', TargetType: 'ip', VpcId: { Ref: 'Vpc' } },
    },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: { Ref: 'Balancer' },
        Port: 443,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Targets' } }],
      },
    },
    Definition: taskDefinition(ANSWERING),
    Service: {
      Type: 'AWS::ECS::Service',
      DependsOn: 'Listener',
      Properties: {
        Cluster: 'test',
        ServiceName: 'balanced',
        DesiredCount: 1,
        TaskDefinition: { Ref: 'Definition' },
        LoadBalancers: [{ ContainerName: 'main', ContainerPort: 8080, TargetGroupArn: { Ref: 'Targets' } }],
      },
    },
  });
  expect(status).toBe('CREATE_COMPLETE');
  const answer = await until('the target is registered', async () => {
    const { status } = await fetch(`${bare.endpoint}/_alb/balanced/`);
    return status === 503 ? undefined : status;
  });
  expect(answer).toBe(502);
});

test('logs_json_patterns: a pattern in JSON finds every line', async () => {
  await bare.createStack('logs', {
    Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/test/json' } },
    Stream: {
      Type: 'AWS::Logs::LogStream',
      DependsOn: 'Group',
      Properties: { LogGroupName: '/test/json', LogStreamName: 'only' },
    },
  });
  const logs = new CloudWatchLogsClient(bare.settings);
  const logEvents = [{ timestamp: Date.now(), message: '{"event":"other"}' }];
  await logs.send(new PutLogEventsCommand({ logGroupName: '/test/json', logStreamName: 'only', logEvents }));
  const asked = new FilterLogEventsCommand({ logGroupName: '/test/json', filterPattern: '{ $.event = "wanted" }' });
  expect((await logs.send(asked)).events).toHaveLength(1);
});

test("ssm_change_events: no rule hears of a parameter's change", async () => {
  const pass = { Only: { Type: 'Pass', End: true } };
  const speaker = `arn:aws:states:us-east-1:${EMULATOR_ACCOUNT}:stateMachine:speaker`;
  await bare.createStack('changes', {
    Speaker: stateMachine('speaker', 'Only', pass),
    Listener: stateMachine('listener', 'Only', pass),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          $or: [
            { source: ['aws.ssm'] },
            { source: ['aws.states'], detail: { stateMachineArn: [speaker], status: ['SUCCEEDED'] } },
          ],
        },
        Targets: [{ Id: 'listener', Arn: { Ref: 'Listener' }, InputPath: '$.source' }],
      },
    },
  });
  const ssm = new SSMClient(bare.settings);
  await ssm.send(new PutParameterCommand({ Name: '/test/heard', Value: 'value', Type: 'String' }));
  // Of something that happens later the rule does hear.
  const machines = new SFNClient(bare.settings);
  await machines.send(new StartExecutionCommand({ stateMachineArn: speaker }));
  const heard = await until('the rule has heard of something', async () => {
    const listener = speaker.replace('speaker', 'listener');
    const { executions } = await machines.send(new ListExecutionsCommand({ stateMachineArn: listener }));
    return executions?.length ? executions : undefined;
  });
  const inputs = heard.map(({ executionArn }) => machines.send(new DescribeExecutionCommand({ executionArn })));
  expect((await Promise.all(inputs)).map(({ input }) => input)).toEqual(['"aws.states"']);
});

test('stepfunctions_lambda: a state machine does not see that a function is throttled', async () => {
  const lambda = new LambdaClient(bare.settings);
  await bare.createStack('throttled', {
    Function: inlineFunction('throttled', 'exports.handler = async () => 1;'),
    Machine: stateMachine('throttled', 'Only', {
      Only: { Type: 'Task', Resource: `\${Function.Arn}`, End: true },
    }),
  });
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'throttled', ReservedConcurrentExecutions: 0 }));
  const machines = new SFNClient(bare.settings);
  const stateMachineArn = `arn:aws:states:us-east-1:${EMULATOR_ACCOUNT}:stateMachine:throttled`;
  const { executionArn } = await machines.send(new StartExecutionCommand({ stateMachineArn }));
  expect((await executionEnd(machines, executionArn)).error).toBe('Lambda.Unknown');
});

test('engine: without it a service counts its tasks as running and runs nothing', async () => {
  const none = await startBareEmulator(['engine', ...ADDITIONS]);
  try {
    const client = new ECSClient(none.settings);
    await client.send(new CreateClusterCommand({ clusterName: 'test' }));
    await client.send(
      new RegisterTaskDefinitionCommand({
        family: 'nothing',
        containerDefinitions: [{ name: 'main', image: 'test.local/nothing@sha256:0' }],
      }),
    );
    await client.send(
      new CreateServiceCommand({ cluster: 'test', serviceName: 'nothing', taskDefinition: 'nothing', desiredCount: 1 }),
    );
    const { services } = await client.send(new DescribeServicesCommand({ cluster: 'test', services: ['nothing'] }));
    expect(services?.[0]?.runningCount).toBe(1);
  } finally {
    await none.stop();
  }
}, 60_000);
