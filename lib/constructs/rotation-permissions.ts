import { Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type EnvironmentConfig, incomingPath } from '../../config/schema.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { clusterName } from '../names.ts';
import {
  acceptWildcard,
  allow,
  allowRotationStatus,
  allowServicesStackStatus,
  allowState,
  logStreamsArn,
  serviceArns,
} from '../permissions.ts';
import {
  allowDecryptingUnderAnyKey,
  allowKey,
  allowTakingIncoming,
  arnsOf,
  secretParameters,
} from '../secret-parameters.ts';

export interface RotationPermissions {
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
  readonly canary: IFunction;
}

/** All permissions of the rotation function: the only one that writes the secret parameters and reads retired secrets. */
export function allowRotation(role: Role, { config, foundation, canary }: RotationPermissions): void {
  allowParameters(role, config, foundation.get('encryption-key-arn'));
  allowState(role, foundation, ['GetItem', 'PutItem'], ['rotation', 'lock']);
  allowState(role, foundation, ['DeleteItem'], ['lock']);
  // For the token lifetimes of earlier revisions.
  allowState(role, foundation, ['Query'], ['revision']);
  allowServices(role, config);
  allow(role, ['lambda:InvokeFunction'], [canary.functionArn]);
  allowServicesStackStatus(role, config);
  allowRotationStatus(role, config);
  allowCountingRefusals(role, foundation.get('mcp-log-group'));
}

function allowParameters(role: Role, config: EnvironmentConfig, encryptionKeyArn: string): void {
  const parameters = secretParameters(role, config);
  allow(role, ['ssm:GetParameters', 'ssm:GetParameterHistory', 'ssm:PutParameter'], arnsOf(parameters));
  allowKey(role, parameters, 'kms:Encrypt', encryptionKeyArn);
  allowDecryptingUnderAnyKey(
    role,
    parameters,
    'The key of a foreign value or of an old version of a parameter is not known.',
  );
  allowTakingIncoming(role, incomingPath(config), encryptionKeyArn);
}

function allowServices(role: Role, config: EnvironmentConfig): void {
  const stack = Stack.of(role);
  const cluster = stack.formatArn({ service: 'ecs', resource: 'cluster', resourceName: clusterName(config) });
  const tasks = stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${clusterName(config)}/*` });
  allow(role, ['ecs:DescribeServices', 'ecs:UpdateService'], serviceArns(role, config));
  allow(role, ['ecs:DescribeTasks'], [tasks]);
  allow(role, ['ecs:ListTasks'], ['*'], { ArnEquals: { 'ecs:cluster': cluster } });
  acceptWildcard(role, tasks, 'ECS names a task when it starts it; the cluster is named.');
  acceptWildcard(
    role,
    '*',
    'The only resource that ecs:ListTasks knows is a container instance, which Fargate has none of; the condition names the cluster.',
  );
}

/** A revocation reports how many requests it refused. */
function allowCountingRefusals(role: Role, logGroupName: string): void {
  const streams = logStreamsArn(role, logGroupName);
  allow(role, ['logs:FilterLogEvents'], [streams]);
  acceptWildcard(
    role,
    streams,
    'IAM ends the ARN of a log group with its streams, which ECS names after tasks; the log group is named.',
  );
}
