import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { alarmName } from '../names.ts';

/**
 * Where alarms go: an imported topic, whose policy, key and subscribers are its keeper's, or one that is made here. That one is
 * encrypted under a key of its own: CloudWatch may not use `aws/sns`, whose policy nobody can change, and the secrets' key is for
 * the secrets.
 */
export class AlarmTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    const { topic } = config.operations;
    // CDK's types do not know exactOptionalPropertyTypes: to the compiler a Topic is no ITopic.
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
      // Messages are not kept, so nothing has to be read with it later.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Without a condition on the source: AWS documents none for this use, and an alarm that is lost in silence is the worse
    // risk. Who may publish, the topic's policy says.
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    return key;
  }

  /** A topic that has a policy has lost the default one, with which every alarm of the account might publish. */
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
