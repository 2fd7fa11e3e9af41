import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.ts';
import type { FoundationReader } from './foundation-contract.ts';
import { clusterName, rotationExecutionArns, type StackPart, serviceName, stackName } from './names.ts';

/** The kinds of items in the state table, by their partition key. */
type StateKey = 'lock' | 'rotation' | 'revision' | 'announcement' | 'canary';

/**
 * Allows a role actions on the items of some kinds in Foundation's state table, and on no other item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 *
 * @param actions - actions that name their partition key, such as `PutItem`; a Scan names none and would not be allowed
 */
export function allowState(
  role: Role,
  foundation: FoundationReader,
  actions: readonly ('GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query')[],
  keys: readonly StateKey[],
): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [
        Stack.of(role).formatArn({
          service: 'dynamodb',
          resource: 'table',
          resourceName: foundation.get('state-table-name'),
        }),
      ],
      // With the Null condition, since ForAllValues also holds when there is no key at all.
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [...keys] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    }),
  );
}

/** Allows a role to ask whether an execution of the rotation's state machine is running. */
export function allowRotationStatus(role: Role, config: EnvironmentConfig): void {
  const executions = rotationExecutionArns(config);
  role.addToPolicy(new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${executions}]`,
    reason: 'An execution has its name from whoever starts it; the state machine is named.',
  });
}

/** The ARN of a stack of the deployment, for policies. CloudFormation ends it with an ID that is not known beforehand. */
export function stackArn(scope: Construct, config: EnvironmentConfig, part: StackPart): string {
  const resourceName = `${stackName(config, part)}/*`;
  return Stack.of(scope).formatArn({ service: 'cloudformation', resource: 'stack', resourceName });
}

/** Allows a role to ask whether CloudFormation is changing the Services stack. */
export function allowServicesStackStatus(role: Role, config: EnvironmentConfig): void {
  const services = stackArn(role, config, 'services');
  role.addToPolicy(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [services] }));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${services}]`,
    reason: 'CloudFormation ends the ARN of a stack with an ID that is not known before it is made; the name is given.',
  });
}

/** The ARNs of both ECS services, as the stack of `scope` addresses them: Services makes them later. */
export function serviceArns(scope: Construct, config: EnvironmentConfig): string[] {
  return (['catalog', 'mcp'] as const).map((service) =>
    Stack.of(scope).formatArn({
      service: 'ecs',
      resource: 'service',
      resourceName: `${clusterName(config)}/${serviceName(config, service)}`,
    }),
  );
}
