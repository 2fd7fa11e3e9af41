import { createHash } from 'node:crypto';
import { Match } from 'aws-cdk-lib/assertions';
import type { EnvironmentInput } from '../../../config/schema.ts';
import { statementsOf } from '../support/iam.ts';
import { localEnvironment, productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

const GATE = 'arn:aws:lambda:us-east-1:111122223333:function:quilt-deploy-gate';
const SERVICES = 'arn:aws:cloudformation:us-east-1:111122223333:stack/quilt-services/*';
const PARAMETERS = ['jwt-secret', 'jwt-verification-keys'].map(
  (name) => `arn:aws:ssm:us-east-1:111122223333:parameter/quilt/mcp-server/${name}`,
);

let production: Synthesised;

beforeAll(() => {
  production = synthesise(productionWith());
});

/** One of the two custom resources of Services. */
function resourceOf({ services }: Synthesised, type: 'Custom::DeployGate' | 'Custom::DeployVerdict') {
  const found = Object.entries(services.findResources(type));
  const [logicalId = '', { Properties, DependsOn } = {}] = found[0] ?? [];
  return { logicalId, Properties, DependsOn };
}

const triggerOf = (synthesised: Synthesised): string =>
  resourceOf(synthesised, 'Custom::DeployGate').Properties.Trigger;

describe('in Services', () => {
  test('gate and verdict are served by the function of Trust, which they know by name', () => {
    for (const type of ['Custom::DeployGate', 'Custom::DeployVerdict'] as const) {
      production.services.resourceCountIs(type, 1);
      production.services.hasResourceProperties(type, {
        ServiceToken: GATE,
        ServiceTimeout: '420',
        Trigger: Match.stringLikeRegexp('^[0-9a-f]{64}$'),
        ContractVersion: '1',
        TokenLifetimeSeconds: '3600',
        Canary: 'enforce',
        Reason: Match.absent(),
      });
    }
  });

  test('run when a value of Foundation changes, which the template reads when it is deployed', () => {
    const read = Object.keys(production.services.findParameters('*')).filter((name) => name !== 'BootstrapVersion');
    expect(read.length).toBeGreaterThan(3);
    for (const type of ['Custom::DeployGate', 'Custom::DeployVerdict'] as const) {
      const { Foundation } = resourceOf(production, type).Properties;
      expect(Foundation.map(({ Ref }: { Ref: string }) => Ref).toSorted()).toEqual(read.toSorted());
    }
  });

  test('name the images as the task definitions do', () => {
    const imageOf = (service: string) =>
      Object.values(production.services.findResources('AWS::ECS::TaskDefinition')).find(
        ({ Properties }) => Properties.Family === `quilt-${service}`,
      )?.Properties.ContainerDefinitions[0].Image;
    const { Images } = resourceOf(production, 'Custom::DeployVerdict').Properties;
    expect(Images).toEqual({ Catalog: imageOf('catalog'), Mcp: imageOf('mcp') });
  });

  test('nothing changes before the gate has admitted it', () => {
    const gate = resourceOf(production, 'Custom::DeployGate');
    const { Resources } = production.services.toJSON() as {
      Resources: Record<string, { DependsOn?: string | string[] }>;
    };
    expect(gate.DependsOn).toBeUndefined();
    const ungated = Object.entries(Resources).filter(
      ([id, { DependsOn = [] }]) => id !== gate.logicalId && ![DependsOn].flat().includes(gate.logicalId),
    );
    expect(ungated).toEqual([]);
  });

  test('the verdict comes after everything else', () => {
    const verdict = resourceOf(production, 'Custom::DeployVerdict');
    const { Resources } = production.services.toJSON() as { Resources: Record<string, unknown> };
    const others = Object.keys(Resources).filter((id) => id !== verdict.logicalId);
    expect([...verdict.DependsOn].sort()).toEqual(others.sort());
  });

  test('break-glass asks for a report only, with its reason', () => {
    const broken = synthesise(productionWith(), { reason: 'the registry is down' });
    for (const type of ['Custom::DeployGate', 'Custom::DeployVerdict'])
      broken.services.hasResourceProperties(type, { Canary: 'report', Reason: 'the registry is down' });
    expect(broken.findings).toEqual([]);
  });
});

describe('trigger', () => {
  test('is the SHA-256 of the template without the triggers', () => {
    const template = structuredClone(production.services.toJSON());
    for (const type of ['Custom::DeployGate', 'Custom::DeployVerdict'] as const)
      template.Resources[resourceOf(production, type).logicalId].Properties.Trigger = '';
    expect(triggerOf(production)).toBe(createHash('sha256').update(JSON.stringify(template)).digest('hex'));
    expect(resourceOf(production, 'Custom::DeployVerdict').Properties.Trigger).toBe(triggerOf(production));
  });

  test.each([
    ['a setting of a container', () => synthesise(productionWith({ tokenLeewaySeconds: 11 }))],
    [
      'the number of tasks',
      () => synthesise(productionWith({ services: { ...services(), mcp: { ...services().mcp, desiredCount: 3 } } })),
    ],
    ['the host name', () => synthesise(productionWith({ hostName: 'other.example.org' }))],
    ['breaking the glass', () => synthesise(productionWith(), { reason: 'a reason' })],
  ])('changes with %s', (_, change) => {
    expect(triggerOf(change())).not.toBe(triggerOf(production));
  });

  test.each([
    ['nothing', {}],
    [
      'what the other stacks are about',
      {
        canary: { everyMinutes: 7 },
        rotation: { everyDays: 7, paused: true },
        operations: { emails: ['platform@example.org'] },
        logRetentionDays: 30,
        terminationProtection: false,
      },
    ],
  ] satisfies [string, Partial<EnvironmentInput>][])('stays when %s changes', (_, change) => {
    const { services } = synthesise(productionWith(change));
    expect(services.toJSON()).toEqual(production.services.toJSON());
  });

  const services = () => productionWith().services;
});

describe('in Trust', () => {
  test('the function knows all it asks, by names', () => {
    production.trust.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'quilt-deploy-gate',
      Timeout: 180,
      MemorySize: 256,
      VpcConfig: Match.absent(),
      Environment: {
        Variables: {
          DEPLOY_GATE_STATE_TABLE: { Ref: 'StateTableName' },
          DEPLOY_GATE_CANARY_FUNCTION: { Ref: Match.stringLikeRegexp('^CanaryFunction') },
          DEPLOY_GATE_SECRET_PARAMETER: '/quilt/mcp-server/jwt-secret',
          DEPLOY_GATE_KEY_SET_PARAMETER: '/quilt/mcp-server/jwt-verification-keys',
          DEPLOY_GATE_REVISION_BUCKET: { Ref: 'RevisionBucketName' },
          DEPLOY_GATE_KEEP_REVISIONS: '200',
          DEPLOY_GATE_ENVIRONMENT: 'test',
          DEPLOY_GATE_CONTRACT_VERSION: '1',
        },
      },
    });
  });

  test('events are not delivered after CloudFormation stopped waiting', () => {
    production.trust.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^DeployGateFunction') },
      MaximumEventAgeInSeconds: 300,
    });
  });

  test('its role may do just what it needs', () => {
    const table = {
      'Fn::Join': ['', ['arn:aws:dynamodb:us-east-1:111122223333:table/', { Ref: 'StateTableName' }]],
    };
    const items = (...keys: string[]) => ({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    expect(statementsOf(production.trust, 'DeployGateRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^DeployGateLogs/), 'Arn'] },
      },
      { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: PARAMETERS },
      { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: table, Condition: items('lock', 'rotation') },
      { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: table, Condition: items('lock', 'revision') },
      {
        Effect: 'Allow',
        Action: 'dynamodb:DeleteItem',
        Resource: table,
        Condition: items('lock', 'revision', 'announcement'),
      },
      {
        Effect: 'Allow',
        Action: ['dynamodb:Query', 'dynamodb:UpdateItem'],
        Resource: table,
        Condition: items('revision'),
      },
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^CanaryFunction/), 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
        Resource: SERVICES,
      },
      {
        Effect: 'Allow',
        Action: ['s3:DeleteObject', 's3:PutObject'],
        Resource: { 'Fn::Join': ['', ['arn:aws:s3:::', { Ref: 'RevisionBucketName' }, '/revisions/*']] },
      },
      {
        Effect: 'Allow',
        Action: 'states:DescribeExecution',
        Resource: 'arn:aws:states:us-east-1:111122223333:execution:quilt-rotation:*',
      },
    ]);
  });
});

describe('schedule of the canary', () => {
  test('invokes it every five minutes and says that it is the schedule', () => {
    production.trust.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^Canary') },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
    production.trust.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^CanaryFunction'), 'Arn'] },
        RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^CanaryScheduleRole'), 'Arn'] },
        Input: '{"trigger":"schedule"}',
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    });
  });

  test('is as the configuration says', () => {
    const { trust } = synthesise({ ...localEnvironment(), canary: { ...localEnvironment().canary, everyMinutes: 1 } });
    trust.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 minute)' });
  });

  test('its role only invokes the canary, for schedules of this account', () => {
    expect(statementsOf(production.trust, 'CanaryScheduleRole')).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^CanaryFunction/), 'Arn'] },
      },
    ]);
    production.trust.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': '111122223333',
                'aws:SourceArn': 'arn:aws:scheduler:us-east-1:111122223333:schedule-group/default',
              },
            },
          },
        ],
      }),
    });
  });
});
