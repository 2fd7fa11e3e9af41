import { Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { EnvironmentConfig } from '../config/schema.ts';
import { rotationExecutionArns } from './names.ts';

/** Allows a role to ask whether an execution of the rotation's state machine is running. */
export function allowRotationStatus(role: Role, config: EnvironmentConfig): void {
  const executions = rotationExecutionArns(config);
  role.addToPolicy(new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${executions}]`,
    reason: 'An execution has its name from whoever starts it; the state machine is named.',
  });
}
