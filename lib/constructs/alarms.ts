import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { quiltctl } from '../../contract/command-line.ts';
import { SECRET_AGE_DAYS, SECRET_REPAIRED, TRUST_NAMESPACE } from '../../contract/metrics.ts';
import { alarmName, canaryFunctionName, rotationStateMachineArn } from '../names.ts';

/** A due rotation may have to wait for a deploy, or be retried. */
const OVERDUE_AFTER_DAYS = 2;
/** The age is reported every hour. */
const AGE_PERIOD = Duration.hours(3);
const SOON = Duration.minutes(5);

interface AlarmProps {
  /** Last part of the alarm's name. */
  readonly name: string;
  /** What happened, and what to do. */
  readonly description: string;
  /** The runbook section: a file of the project, and the heading as a link anchor. */
  readonly runbook: string;
  readonly metric: Metric;
  /** The highest value without an alarm. @default 0 */
  readonly limit?: number;
  /** @default - missing data is good */
  readonly missing?: TreatMissingData;
  /** How many of how many periods must be over the limit. @default - one of one */
  readonly periods?: { readonly red: number; readonly of: number };
}

interface TrustAlarmsProps {
  /** The deployment's name in the configuration. */
  readonly environmentName: string;
  readonly config: EnvironmentConfig;
  readonly topic: ITopic;
}

/** Alarms about the shared secret. They refer to the functions by name, so this stack does not depend on Trust. */
export class TrustAlarms extends Construct {
  readonly #props: TrustAlarmsProps;

  constructor(scope: Construct, id: string, props: TrustAlarmsProps) {
    super(scope, id);
    this.#props = props;
    this.rotation();
    this.secret();
    this.canary();
  }

  private rotation(): void {
    const { config } = this.#props;
    const executions = (metricName: string) =>
      new Metric({
        namespace: 'AWS/States',
        metricName,
        dimensionsMap: { StateMachineArn: rotationStateMachineArn(config) },
        statistic: Stats.SUM,
        period: SOON,
      });
    this.alarm('RotationFailed', {
      name: 'rotation-failed',
      description: `A rotation of the shared secret failed and was rolled back, or stopped. Run ${this.command('secret status')}, fix the cause that it reports, then run ${this.command('rotate')}, with \`--resume\` if the rotation stopped.`,
      runbook: 'docs/rotation.md#a-rotation-failed',
      metric: executions('ExecutionsFailed'),
    });
    this.alarm('RotationTimedOut', {
      name: 'rotation-timed-out',
      description: `A rotation of the shared secret did not end within three days. Both services keep their current keys. Run ${this.command('secret status')}, fix the cause that it reports, then run ${this.command('rotate --resume')}.`,
      runbook: 'docs/rotation.md#a-rotation-timed-out',
      metric: executions('ExecutionsTimedOut'),
    });
  }

  private secret(): void {
    const { everyDays } = this.#props.config.rotation;
    this.alarm('SecretRepaired', {
      name: 'secret-repaired',
      description: `The signing secret or the key set was changed or deleted outside of the rotation, and was restored. Find the writer in CloudTrail (PutParameter, DeleteParameter) and stop it; if it knew the secret, run ${this.command('rotate')}.`,
      runbook: 'docs/rotation.md#the-secret-was-repaired',
      metric: this.trust(SECRET_REPAIRED, { statistic: Stats.SUM, period: SOON }),
    });
    this.alarm('RotationOverdue', {
      name: 'rotation-overdue',
      description: `The signing secret is more than ${everyDays + OVERDUE_AFTER_DAYS} days old; it should be replaced after ${everyDays}. Run ${this.command('secret status')} to find the cause, then ${this.command('rotate')}.`,
      runbook: 'docs/rotation.md#a-rotation-is-overdue',
      metric: this.trust(SECRET_AGE_DAYS, { statistic: Stats.MAXIMUM, period: AGE_PERIOD }),
      limit: everyDays + OVERDUE_AFTER_DAYS,
      // A paused schedule reports no age, which is neither good nor bad.
      missing: TreatMissingData.MISSING,
    });
  }

  private canary(): void {
    const { config } = this.#props;
    this.alarm('CanaryErrors', {
      name: 'canary-errors',
      description: `The canary function fails repeatedly, so the trust of both services is not monitored. Run ${this.command('canary')} and read the log of the function.`,
      runbook: 'docs/rotation.md#the-canary-does-not-run',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensionsMap: { FunctionName: canaryFunctionName(config) },
        statistic: Stats.SUM,
        // A period without a run would count as good.
        period: Duration.minutes(Math.max(config.canary.everyMinutes, SOON.toMinutes())),
      }),
      periods: { red: 2, of: 3 },
    });
  }

  /** A command for this deployment, formatted for a message. */
  private command(command: string): string {
    return `\`${quiltctl(command, this.#props.environmentName)}\``;
  }

  /** A metric of this deployment's functions. */
  private trust(metricName: string, props: { readonly statistic: string; readonly period: Duration }): Metric {
    return new Metric({
      namespace: TRUST_NAMESPACE,
      metricName,
      dimensionsMap: { Deployment: this.#props.config.namePrefix },
      ...props,
    });
  }

  private alarm(id: string, { name, description, runbook, metric, limit = 0, missing, periods }: AlarmProps): void {
    const { config, topic } = this.#props;
    const alarm = new Alarm(this, id, {
      alarmName: alarmName(config, name),
      alarmDescription: `${description} See ${runbook}`,
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: limit,
      evaluationPeriods: periods?.of ?? 1,
      datapointsToAlarm: periods?.red ?? 1,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
  }
}

/**
 * The topic of all alarms: an imported one, whose owner manages its policy, key and subscribers, or a new one. The new one has its own
 * encryption key: CloudWatch may not use `aws/sns`, whose policy cannot be changed, and the secrets' key is only for the secrets.
 */
export class AlarmTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    const { topic } = config.operations;
    // CDK's types do not support exactOptionalPropertyTypes: for the compiler, a Topic is not an ITopic.
    this.topic =
      topic.kind === 'import' ? Topic.fromTopicArn(this, 'Topic', topic.arn) : (this.create(config) as ITopic);
  }

  private create(config: EnvironmentConfig): Topic {
    const topic = new Topic(this, 'Topic', {
      displayName: `Quilt MCP (${config.namePrefix})`,
      masterKey: this.key(config),
      enforceSSL: true,
    });
    this.allowAlarms(config, topic);
    for (const email of config.operations.emails) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }

  private key(config: EnvironmentConfig): Key {
    const key = new Key(this, 'Key', {
      description: `Alarms of ${config.namePrefix} on their way`,
      enableKeyRotation: true,
      // Messages are not stored, so the key is not needed later.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Without a condition on the source: AWS documents none for this use, and a silently lost alarm is the greater risk. The topic's
    // policy restricts who may publish.
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    return key;
  }

  /** An explicit policy replaces the default one, which would let every alarm of the account publish. */
  private allowAlarms(config: EnvironmentConfig, topic: Topic): void {
    const stack = Stack.of(this);
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: alarmName(config, '*'),
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
  }
}
