import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { alarmName } from '../names.ts';

/**
 * Where alarms go. Encrypted under a key of its own: CloudWatch may not use `aws/sns`, whose policy nobody can change, and the
 * secrets' key is for the secrets.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: `Quilt MCP (${config.namePrefix})`,
      masterKey: this.key(config),
      enforceSSL: true,
    });
    this.allowAlarms(config);
    for (const email of config.operations.emails) this.topic.addSubscription(new EmailSubscription(email));
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
  private allowAlarms(config: EnvironmentConfig): void {
    const stack = Stack.of(this);
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
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
