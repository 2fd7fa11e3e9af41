import { Match } from 'aws-cdk-lib/assertions';
import { report } from '../../../lambda/rotation/aws/report.ts';
import { productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

let production: Synthesised;

beforeAll(() => {
  production = synthesise(productionWith());
});

afterEach(() => {
  jest.restoreAllMocks();
});

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly unknown[];
}

function alarmsOf({ operations }: Synthesised): AlarmProperties[] {
  return Object.values(operations.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
}

describe('topic', () => {
  const topic = { Ref: Match.stringLikeRegexp('^AlarmsTopic') };

  test('is encrypted under a key that CloudWatch may use', () => {
    production.operations.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AlarmsKey'), 'Arn'] },
    });
    production.operations.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          }),
        ]),
      }),
    });
  });

  test('takes messages over TLS only, and from the alarms of this deployment', () => {
    production.operations.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: topic,
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111122223333' },
              ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:quilt-*' },
            },
          }),
        ],
      }),
    });
  });

  test('e-mails the addresses in the configuration', () => {
    production.operations.resourceCountIs('AWS::SNS::Subscription', 0);
    const { operations, findings } = synthesise(productionWith({ operations: { emails: ['platform@example.org'] } }));
    expect(findings).toEqual([]);
    operations.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'platform@example.org',
      TopicArn: topic,
    });
  });
});

describe('alarms', () => {
  const machine = [
    { Name: 'StateMachineArn', Value: 'arn:aws:states:us-east-1:111122223333:stateMachine:quilt-rotation' },
  ];
  const deployment = [{ Name: 'Deployment', Value: 'quilt' }];

  test.each([
    ['quilt-rotation-failed', { MetricName: 'ExecutionsFailed', Dimensions: machine, Threshold: 0, Statistic: 'Sum' }],
    [
      'quilt-rotation-timed-out',
      { MetricName: 'ExecutionsTimedOut', Dimensions: machine, Threshold: 0, Statistic: 'Sum' },
    ],
    ['quilt-secret-repaired', { MetricName: 'SecretRepaired', Dimensions: deployment, Threshold: 0, Statistic: 'Sum' }],
    [
      'quilt-rotation-overdue',
      {
        MetricName: 'SecretAgeDays',
        Dimensions: deployment,
        Threshold: 32,
        Statistic: 'Maximum',
        TreatMissingData: 'missing',
      },
    ],
    [
      'quilt-canary-errors',
      {
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: 'quilt-canary' }],
        Threshold: 0,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
      },
    ],
  ])('%s', (AlarmName, properties) => {
    production.operations.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName,
      ComparisonOperator: 'GreaterThanThreshold',
      ...properties,
    });
  });

  test('all go to the topic, and say what to run and where to read on', () => {
    const alarms = alarmsOf(production);
    expect(alarms).toHaveLength(5);
    for (const { AlarmDescription, AlarmActions } of alarms) {
      expect(AlarmActions).toEqual([{ Ref: expect.stringMatching(/^AlarmsTopic/) }]);
      const commands = [...AlarmDescription.matchAll(/`bin\/quiltctl ([^`]+)`/g)].map(([, command]) => command);
      expect(commands).not.toEqual([]);
      for (const command of commands) expect(command).toMatch(/ --environment test$/);
      expect(AlarmDescription).toMatch(/ See docs\/rotation\.md#[a-z-]+$/);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('watch metrics that the rotation writes under just these names', () => {
    // GIVEN
    const lines: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });

    // WHEN
    report('quilt', { kind: 'repaired', message: 'The signing secret was put back.' });
    report('quilt', { kind: 'age', days: 3 });

    // THEN
    const written = lines
      .map((line) => JSON.parse(line))
      .filter((line) => '_aws' in line)
      .map(({ _aws: { CloudWatchMetrics }, Deployment }) => ({
        Namespace: CloudWatchMetrics[0].Namespace,
        MetricName: CloudWatchMetrics[0].Metrics[0].Name,
        Dimensions: [{ Name: CloudWatchMetrics[0].Dimensions[0][0], Value: Deployment }],
      }));
    const watched = alarmsOf(production)
      .filter(({ Namespace }) => Namespace === 'Quilt/Trust')
      .map(({ Namespace, MetricName, Dimensions }) => ({ Namespace, MetricName, Dimensions }));
    expect(written).toEqual(watched);
  });

  test('come late enough for the configured age, and see every run of a slow canary', () => {
    const { operations } = synthesise(productionWith({ rotation: { everyDays: 7 }, canary: { everyMinutes: 60 } }));
    operations.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'SecretAgeDays', Threshold: 9 });
    operations.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Errors', Period: 3600 });
  });
});
