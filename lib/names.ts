import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { EnvironmentConfig } from '../config/schema.ts';

/**
 * The few physical names that are chosen rather than generated, because something outside of a stack must know them beforehand (Trust
 * names the services that Services creates later, the command line names the canary). Retained resources never have a chosen name, which
 * would block the next deployment.
 */
type Named = Pick<EnvironmentConfig, 'namePrefix'>;
/** The parts of an ARN. */
type Placed = Pick<EnvironmentConfig, 'namePrefix' | 'account' | 'region'>;

/** The two services, as the configuration names them. */
export type ServiceName = keyof EnvironmentConfig['services'];

/** The stacks of a deployment; `delivery` only where a repository's workflows deploy. */
export type StackPart = 'foundation' | 'trust' | 'services' | 'operations' | 'delivery';

/** The CloudFormation stack of one part of a deployment. */
export function stackName({ namePrefix }: Named, part: StackPart): string {
  return `${namePrefix}-${part}`;
}

/** The ECS cluster. */
export function clusterName({ namePrefix, cluster }: Pick<EnvironmentConfig, 'namePrefix' | 'cluster'>): string {
  return cluster.kind === 'import' ? cluster.name : namePrefix;
}

/** An ECS service of the cluster. */
export function serviceName({ namePrefix }: Named, service: ServiceName): string {
  return `${namePrefix}-${service}`;
}

/** The canary's Lambda function. */
export function canaryFunctionName({ namePrefix }: Named): string {
  return `${namePrefix}-canary`;
}

/** The deploy gate's Lambda function. */
export function deployGateFunctionName({ namePrefix }: Named): string {
  return `${namePrefix}-deploy-gate`;
}

/** The canary's function with account and region, for callers from another account. */
export function canaryFunctionArn(config: Placed): string {
  return arnOf(config, 'lambda', `function:${canaryFunctionName(config)}`);
}

/** The Lambda function that drives a rotation. */
export function rotationFunctionName({ namePrefix }: Named): string {
  return `${namePrefix}-rotation`;
}

/** The state machine that calls it repeatedly. */
export function rotationStateMachineName({ namePrefix }: Named): string {
  return `${namePrefix}-rotation`;
}

/** The state machine with its account and region. */
export function rotationStateMachineArn(config: Placed): string {
  return arnOf(config, 'states', `stateMachine:${rotationStateMachineName(config)}`);
}

/** Every execution of the state machine, as a pattern for policies. */
export function rotationExecutionArns(config: Placed): string {
  return arnOf(config, 'states', `execution:${rotationStateMachineName(config)}:*`);
}

/** The rule that matches writes of the secret parameters. */
export function parameterChangeRuleName({ namePrefix }: Named): string {
  return `${namePrefix}-parameter-changes`;
}

/** An alarm. Its name is the subject of the mail, so it names the deployment. */
export function alarmName({ namePrefix }: Named, about: string): string {
  return `${namePrefix}-${about}`;
}

/** The alias of the key that encrypts the secret parameters. */
export function encryptionKeyAlias({ namePrefix }: Named): string {
  return `alias/${namePrefix}-mcp-secret`;
}

/** Where a rollback puts the template for CloudFormation, in the bucket of the revisions. */
export const PREPARED_TEMPLATES = 'prepared/';

function arnOf({ account, region }: Placed, service: string, resource: string): string {
  return `arn:${RegionInfo.get(region).partition}:${service}:${region}:${account}:${resource}`;
}
