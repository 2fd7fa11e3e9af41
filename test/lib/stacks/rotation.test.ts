import { Match } from 'aws-cdk-lib/assertions';
import * as variables from '../../../contract/function-variables.ts';
import { statementsOf } from '../support/iam.ts';
import { localEnvironment, productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

const PARAMETERS = ['jwt-secret', 'jwt-verification-keys'].map(
  (name) => `arn:aws:ssm:us-east-1:111122223333:parameter/quilt/mcp-server/${name}`,
);
const INCOMING = 'arn:aws:ssm:us-east-1:111122223333:parameter/quilt/incoming/*';
const MACHINE = { Ref: expect.stringMatching(/^RotationStateMachine/) };
const FUNCTION = { 'Fn::GetAtt': [expect.stringMatching(/^RotationFunction/), 'Arn'] };

/** Written down a second time on purpose: a phase without its state would stop a rotation where it stands. */
const PHASES = [
  'createSecret',
  'testSecret',
  'finishSecret',
  'grace',
  'retireSecret',
  'repair',
  'revokeSecret',
  'idle',
];

let production: Synthesised;

beforeAll(() => {
  production = synthesise(productionWith());
});

function propertiesOf({ trust }: Synthesised, type: string, props: unknown = {}) {
  const [found, ...others] = Object.values(trust.findResources(type, { Properties: props }));
  expect(others).toEqual([]);
  return found?.Properties;
}

describe('function', () => {
  const rotation = (synthesised: Synthesised) =>
    propertiesOf(synthesised, 'AWS::Lambda::Function', { FunctionName: 'quilt-rotation' });

  test('runs one call at a time, since Parameter Store has no conditional write', () => {
    expect(rotation(production)).toMatchObject({ ReservedConcurrentExecutions: 1, Timeout: 240, MemorySize: 512 });
  });

  test('knows all it asks, by names that need no other stack, and no secret', () => {
    expect(rotation(production).Environment.Variables).toEqual({
      ROTATION_ENVIRONMENT: 'test',
      ROTATION_DEPLOYMENT: 'quilt',
      ROTATION_SECRET_PARAMETER: '/quilt/mcp-server/jwt-secret',
      ROTATION_KEY_SET_PARAMETER: '/quilt/mcp-server/jwt-verification-keys',
      ROTATION_ENCRYPTION_KEY: { Ref: 'EncryptionKeyArn' },
      ROTATION_INCOMING_PATH: '/quilt/incoming/',
      ROTATION_STATE_TABLE: { Ref: 'StateTableName' },
      ROTATION_CLUSTER: 'quilt',
      ROTATION_MCP_SERVICE: 'quilt-mcp',
      ROTATION_CATALOG_SERVICE: 'quilt-catalog',
      ROTATION_CANARY_FUNCTION: 'quilt-canary',
      ROTATION_SERVICES_STACK: 'quilt-services',
      ROTATION_MCP_LOG_GROUP: { Ref: 'McpLogGroup' },
      ROTATION_URL: 'https://quilt.example.org',
      ROTATION_CONNECT_HOST: { Ref: 'LoadBalancerDnsName' },
      ROTATION_MCP_PATH: '/mcp',
      ROTATION_TOKEN_LIFETIME_SECONDS: '3600',
      ROTATION_TOKEN_LEEWAY_SECONDS: '10',
      ROTATION_EVERY_DAYS: '30',
      ROTATION_ROLL_OUT_SECONDS: '900',
    });
  });

  test('lacks no variable that it reads', () => {
    expect(Object.keys(rotation(production).Environment.Variables).toSorted()).toEqual(
      Object.values(variables)
        .filter((name) => name.startsWith('ROTATION_'))
        .toSorted(),
    );
  });

  test('is as the configuration says', () => {
    const local = synthesise({ ...localEnvironment(), rotation: { everyDays: 7, paused: false, rollOutMinutes: 2 } });
    expect(rotation(local).Environment.Variables).toMatchObject({
      ROTATION_TOKEN_LIFETIME_SECONDS: '60',
      ROTATION_TOKEN_LEEWAY_SECONDS: '5',
      ROTATION_EVERY_DAYS: '7',
      ROTATION_ROLL_OUT_SECONDS: '120',
    });
    expect(rotation(local).Environment.Variables).not.toHaveProperty('ROTATION_CONNECT_HOST');
  });

  test('its role may do just what it needs', () => {
    const items = (Action: string | string[], ...keys: string[]) => ({
      Effect: 'Allow',
      Action,
      Resource: { 'Fn::Join': ['', ['arn:aws:dynamodb:us-east-1:111122223333:table/', { Ref: 'StateTableName' }]] },
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    });
    const ofParameters = {
      StringEquals: {
        'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
        'kms:EncryptionContext:PARAMETER_ARN': PARAMETERS,
      },
    };
    expect(statementsOf(production.trust, 'RotationFunctionRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^RotationFunctionLogs/), 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: ['ssm:GetParameterHistory', 'ssm:GetParameters', 'ssm:PutParameter'],
        Resource: PARAMETERS,
      },
      { Effect: 'Allow', Action: 'kms:Encrypt', Resource: { Ref: 'EncryptionKeyArn' }, Condition: ofParameters },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: 'arn:aws:kms:us-east-1:111122223333:key/*',
        Condition: ofParameters,
      },
      { Effect: 'Allow', Action: ['ssm:DeleteParameter', 'ssm:GetParameters'], Resource: INCOMING },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { Ref: 'EncryptionKeyArn' },
        Condition: {
          StringEquals: { 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' },
          StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': INCOMING },
        },
      },
      items(['dynamodb:GetItem', 'dynamodb:PutItem'], 'rotation', 'lock'),
      items('dynamodb:DeleteItem', 'lock'),
      items('dynamodb:Query', 'revision'),
      {
        Effect: 'Allow',
        Action: ['ecs:DescribeServices', 'ecs:UpdateService'],
        Resource: ['catalog', 'mcp'].map((name) => `arn:aws:ecs:us-east-1:111122223333:service/quilt/quilt-${name}`),
      },
      { Effect: 'Allow', Action: 'ecs:DescribeTasks', Resource: 'arn:aws:ecs:us-east-1:111122223333:task/quilt/*' },
      {
        Effect: 'Allow',
        Action: 'ecs:ListTasks',
        Resource: '*',
        Condition: { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:us-east-1:111122223333:cluster/quilt' } },
      },
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^CanaryFunction/), 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStacks',
        Resource: 'arn:aws:cloudformation:us-east-1:111122223333:stack/quilt-services/*',
      },
      {
        Effect: 'Allow',
        Action: 'states:DescribeExecution',
        Resource: 'arn:aws:states:us-east-1:111122223333:execution:quilt-rotation:*',
      },
      {
        Effect: 'Allow',
        Action: 'logs:FilterLogEvents',
        Resource: {
          'Fn::Join': ['', ['arn:aws:logs:us-east-1:111122223333:log-group:', { Ref: 'McpLogGroup' }, ':*']],
        },
      },
    ]);
  });
});

describe('state machine', () => {
  const machine = () => propertiesOf(production, 'AWS::StepFunctions::StateMachine');

  /** The definition, with the function's ARN as the text `FUNCTION`. */
  function definition() {
    const parts: unknown[] = machine().DefinitionString['Fn::Join'][1];
    expect(parts.filter((part) => typeof part !== 'string')).toEqual([FUNCTION]);
    return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'FUNCTION')).join(''));
  }

  test('calls the function with its execution, what was asked for, and what the call before said', () => {
    expect(definition()).toMatchObject({ StartAt: 'Advance', TimeoutSeconds: 259_200 });
    expect(definition().States.Advance).toMatchObject({
      Type: 'Task',
      Resource: 'FUNCTION',
      Parameters: { 'execution.$': '$$.Execution.Id', 'command.$': '$$.Execution.Input', 'progress.$': '$' },
      Next: 'Result',
    });
  });

  test('waits where each phase says how long, and calls again', () => {
    const { States } = definition();
    expect(States.Phase.Choices.map(({ StringEquals }: { StringEquals: string }) => StringEquals).toSorted()).toEqual(
      PHASES.toSorted(),
    );
    for (const { Variable, StringEquals, Next } of States.Phase.Choices) {
      expect({ Variable, Next }).toEqual({ Variable: '$.phase', Next: StringEquals });
      expect(States[Next]).toMatchObject({ Type: 'Wait', SecondsPath: '$.seconds', Next: 'Advance' });
    }
  });

  test('ends as the function says', () => {
    const { States } = definition();
    const next = Object.fromEntries(
      States.Result.Choices.map(({ StringEquals, Next }: { StringEquals: string; Next: string }) => [
        StringEquals,
        Next,
      ]),
    );
    expect(next).toEqual({ wait: 'Phase', done: 'Done', refused: 'Refused', failed: 'Failed' });
    expect(States.Done.Type).toBe('Succeed');
    expect(States.Refused.Type).toBe('Succeed');
    expect(States.Failed).toEqual({ Type: 'Fail', ErrorPath: '$.code', CausePath: '$.message' });
  });

  test('waits patiently for its turn, and repeats a call that died', () => {
    const [throttled, died, ...others] = definition().States.Advance.Retry;
    expect(throttled).toMatchObject({
      ErrorEquals: ['Lambda.TooManyRequestsException'],
      MaxDelaySeconds: 30,
      JitterStrategy: 'FULL',
    });
    expect(throttled.MaxAttempts).toBeGreaterThanOrEqual(100);
    expect(died).toEqual({ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6 });
    expect(others).toEqual([]);
  });

  test('logs every step where log deliveries belong, and is traced', () => {
    expect(machine()).toMatchObject({
      StateMachineName: 'quilt-rotation',
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { Level: 'ALL' },
      TracingConfiguration: { Enabled: true },
    });
    // A chosen name must not be in the way of the next deployment.
    production.trust.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/vendedlogs/states/quilt-rotation' },
      DeletionPolicy: 'Delete',
    });
  });

  test('its role calls the function, for this state machine only', () => {
    const [call, ...others] = statementsOf(production.trust, 'RotationStateMachineRole');
    expect(call).toEqual({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: FUNCTION });
    expect(others.flatMap(({ Action }) => Action).filter((action) => !/^(logs|xray):/.test(action))).toEqual([]);
    production.trust.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'states.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111122223333' },
              ArnLike: { 'aws:SourceArn': 'arn:aws:states:us-east-1:111122223333:stateMachine:quilt-rotation' },
            },
          },
        ],
      }),
    });
  });
});

describe('schedule', () => {
  const schedule = (synthesised: Synthesised) =>
    propertiesOf(synthesised, 'AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 hour)' });

  test('asks every hour, and the function decides whether it is due', () => {
    expect(schedule(production)).toMatchObject({
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: MACHINE, Input: '{"command":"rotate","trigger":"schedule"}' },
    });
  });

  test('is disabled by the configuration; overwritten values are still restored', () => {
    const paused = synthesise(productionWith({ rotation: { paused: true } }));
    expect(schedule(paused).State).toBe('DISABLED');
    expect(propertiesOf(paused, 'AWS::Events::Rule').State).toBeUndefined();
  });

  test('its role only starts the state machine', () => {
    expect(statementsOf(production.trust, 'RotationScheduleRole')).toEqual([
      { Effect: 'Allow', Action: 'states:StartExecution', Resource: MACHINE },
    ]);
  });
});

describe('a change of a parameter', () => {
  test('of either one, by any writer and any means, starts a repair', () => {
    expect(propertiesOf(production, 'AWS::Events::Rule')).toMatchObject({
      Name: 'quilt-parameter-changes',
      EventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: { name: ['/quilt/mcp-server/jwt-secret', '/quilt/mcp-server/jwt-verification-keys'] },
      },
      Targets: [{ Arn: MACHINE, Input: '{"command":"repair","trigger":"event"}' }],
    });
  });

  test('its role only starts the state machine, for this rule only', () => {
    expect(statementsOf(production.trust, 'RotationParameterChangesRole')).toEqual([
      { Effect: 'Allow', Action: 'states:StartExecution', Resource: MACHINE },
    ]);
    production.trust.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': '111122223333',
                'aws:SourceArn': 'arn:aws:events:us-east-1:111122223333:rule/quilt-parameter-changes',
              },
            },
          },
        ],
      }),
    });
  });
});
