import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { EnvironmentConfig } from '../config/schema.ts';
import { stackName } from './names.ts';

/** Allows a role to ask whether CloudFormation is changing the Services stack. */
export function allowServicesStackStatus(role: Role, config: EnvironmentConfig): void {
  const services = Stack.of(role).formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${stackName(config, 'services')}/*`,
  });
  role.addToPolicy(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [services] }));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${services}]`,
    reason: 'CloudFormation ends the ARN of a stack with an ID that is not known before it is made; the name is given.',
  });
}
