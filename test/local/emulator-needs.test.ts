/**
 * What the pinned MiniStack release lacks, addition by addition (docs/local.md). A test that fails here after an
 * upgrade is good news: the release can do it now, and the addition it names can go.
 */

import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type BareEmulator, startBareEmulator } from './support/bare-emulator.ts';
import { until } from './support/until.ts';

const ADDITIONS = [
  'ecs_deployments',
  'ecs_secrets',
  'cloudformation_network_types',
  'cloudformation_service',
  'cloudformation_task_definition',
  'load_balancer_targets',
];
const CRASHING = 'test.local/crashing@sha256:0';
const MEASURING = 'test.local/measuring@sha256:0';
const ANSWERING = 'test.local/answering@sha256:0';

function program(source: string) {
  return { command: [process.execPath, '-e', source], healthPath: '/' };
}

const IMAGES = {
  [CRASHING]: program('process.exit(1)'),
  [MEASURING]: program('console.log("measured", (process.env.VALUE ?? "").length)'),
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

let bare: BareEmulator;
let ecs: ECSClient;

beforeAll(async () => {
  bare = await startBareEmulator(ADDITIONS, IMAGES);
  ecs = new ECSClient(bare.settings);
  await ecs.send(new CreateClusterCommand({ clusterName: 'test' }));
}, 60_000);

afterAll(() => bare.stop());

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
