import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { type Conditions, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.ts';
import type { FoundationReader } from './foundation-contract.ts';
import { clusterName, rotationExecutionArns, type StackPart, serviceName, stackName } from './names.ts';

/** Allows a role actions on resources. */
export function allow(
  role: Role,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Conditions,
): void {
  const statement = { actions: [...actions], resources: [...resources], ...(conditions && { conditions }) };
  role.addToPolicy(new PolicyStatement(statement));
}

/** Accepts a wildcard in an allowed resource of a role, and records the reason. */
export function acceptWildcard(role: Role, resource: string, reason: string): void {
  Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${asCdkNagWritesIt(role, resource)}]`, reason });
}

/** The form of cdk-nag: a reference is its name in angle brackets. */
function asCdkNagWritesIt(role: Role, resource: string): string {
  const resolved: unknown = Stack.of(role).resolve(resource);
  if (typeof resolved === 'string') return resolved;
  const { 'Fn::Join': [, parts] = ['', []] } = resolved as { 'Fn::Join'?: [string, (string | { Ref: string })[]] };
  return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
}

/**
 * The ARN of a bucket, or of objects in it.
 *
 * @param objects - pattern of their keys
 */
export function bucketArn(scope: Construct, bucket: string, objects?: string): string {
  const place = { service: 's3', region: '', account: '', resource: bucket };
  return Stack.of(scope).formatArn({ ...place, ...(objects !== undefined && { resourceName: objects }) });
}

/** The ARN of a log group with its streams, in IAM's form. */
export function logStreamsArn(scope: Construct, logGroup: string): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${logGroup}:*`,
    arnFormat,
  });
}

/** The kinds of items in the state table, by their partition key. */
type StateKey = 'lock' | 'rotation' | 'revision' | 'announcement' | 'canary';

/**
 * Allows a role actions on the items of some kinds in Foundation's state table, and on no other item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 *
 * @param actions - actions with a partition key, such as `PutItem`; a Scan has none and would not be allowed
 */
export function allowState(
  role: Role,
  foundation: FoundationReader,
  actions: readonly ('GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query')[],
  keys: readonly StateKey[],
): void {
  const table = { service: 'dynamodb', resource: 'table', resourceName: foundation.get('state-table-name') };
  allow(
    role,
    actions.map((action) => `dynamodb:${action}`),
    [Stack.of(role).formatArn(table)],
    // With the Null condition, since ForAllValues is also true without any key.
    {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [...keys] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  );
}

/** Allows a role to read whether an execution of the rotation's state machine is running. */
export function allowRotationStatus(role: Role, config: EnvironmentConfig): void {
  const executions = rotationExecutionArns(config);
  allow(role, ['states:DescribeExecution'], [executions]);
  acceptWildcard(role, executions, 'The caller names an execution; the state machine is named.');
}

/** The ARN of a stack of the deployment, for policies. It ends with an ID that CloudFormation generates. */
export function stackArn(scope: Construct, config: EnvironmentConfig, part: StackPart): string {
  const resourceName = `${stackName(config, part)}/*`;
  return Stack.of(scope).formatArn({ service: 'cloudformation', resource: 'stack', resourceName });
}

/** Allows a role to read whether CloudFormation is changing the Services stack. */
export function allowServicesStackStatus(role: Role, config: EnvironmentConfig): void {
  const services = stackArn(role, config, 'services');
  allow(role, ['cloudformation:DescribeStacks'], [services]);
  acceptWildcard(
    role,
    services,
    'CloudFormation ends the ARN of a stack with an ID that is not known before it is made; the name is given.',
  );
}

/** The ARNs of both ECS services, from the stack of `scope`: Services creates them later. */
export function serviceArns(scope: Construct, config: EnvironmentConfig): string[] {
  return (['catalog', 'mcp'] as const).map((service) =>
    Stack.of(scope).formatArn({
      service: 'ecs',
      resource: 'service',
      resourceName: `${clusterName(config)}/${serviceName(config, service)}`,
    }),
  );
}
