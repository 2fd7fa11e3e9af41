import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { AlarmTopic, TrustAlarms } from '../constructs/alarms.ts';

export interface OperationsStackProps extends StackProps {
  /** The deployment's name in the configuration. */
  readonly environmentName: string;
}

/** The alarms. They refer to all resources by name, so that this stack can be deployed, and deleted, by itself. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, config: EnvironmentConfig, props: OperationsStackProps) {
    super(scope, id, props);
    const { topic } = new AlarmTopic(this, 'Alarms', config);
    new TrustAlarms(this, 'Trust', { environmentName: props.environmentName, config, topic });
    new CfnOutput(this, 'AlarmTopicArn', {
      value: topic.topicArn,
      description: 'Where alarms go; subscribe a chat or a pager here',
    });
  }
}
