import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type EnvironmentConfig, incomingPath } from '../../config/schema.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { clusterName } from '../names.ts';
import { allowRotationStatus, allowServicesStackStatus, allowState, serviceArns } from '../permissions.ts';
import {
  allowDecryptingUnderAnyKey,
  allowTakingIncoming,
  arnsOf,
  keyStatement,
  secretParameters,
} from '../secret-parameters.ts';

export interface RotationPermissions {
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
  readonly canary: IFunction;
}

/** All that the rotation function may do: it is the one that writes the secret parameters, and that sees retired secrets. */
export function allowRotation(role: Role, { config, foundation, canary }: RotationPermissions): void {
  allowParameters(role, config, foundation.get('encryption-key-arn'));
  allowState(role, foundation, ['GetItem', 'PutItem'], ['rotation', 'lock']);
  allowState(role, foundation, ['DeleteItem'], ['lock']);
  // For how long a token may live that an earlier revision has minted.
  allowState(role, foundation, ['Query'], ['revision']);
  allowServices(role, config);
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [canary.functionArn] }));
  allowServicesStackStatus(role, config);
  allowRotationStatus(role, config);
  allowCountingRefusals(role, foundation.get('mcp-log-group'));
}

function allowParameters(role: Role, config: EnvironmentConfig, encryptionKeyArn: string): void {
  const parameters = secretParameters(role, config);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ssm:GetParameters', 'ssm:GetParameterHistory', 'ssm:PutParameter'],
      resources: arnsOf(parameters),
    }),
  );
  role.addToPolicy(keyStatement(role, parameters, { actions: ['kms:Encrypt'], resources: [encryptionKeyArn] }));
  allowDecryptingUnderAnyKey(
    role,
    parameters,
    'Which key encrypts a value that somebody wrote over a parameter, or an old version of it, is not known.',
  );
  allowTakingIncoming(role, incomingPath(config), encryptionKeyArn);
}

function allowServices(role: Role, config: EnvironmentConfig): void {
  const stack = Stack.of(role);
  const cluster = stack.formatArn({ service: 'ecs', resource: 'cluster', resourceName: clusterName(config) });
  const tasks = stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${clusterName(config)}/*` });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
      resources: serviceArns(role, config),
    }),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['ecs:DescribeTasks'], resources: [tasks] }));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ecs:ListTasks'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': cluster } },
    }),
  );
  Validations.of(role).acknowledge(
    {
      id: `AwsSolutions-IAM5[Resource::${tasks}]`,
      reason: 'ECS names a task when it starts it; the cluster is named.',
    },
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'The only resource that ecs:ListTasks knows is a container instance, which Fargate has none of; the condition names the cluster.',
    },
  );
}

/** A revocation says how many requests it has cost. */
function allowCountingRefusals(role: Role, logGroupName: string): void {
  const streams = (name: string) =>
    Stack.of(role).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${name}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  role.addToPolicy(new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [streams(logGroupName)] }));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${streams('<McpLogGroup>')}]`,
    reason: 'IAM ends the ARN of a log group with its streams, which ECS names after tasks; the log group is named.',
  });
}
