import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { EnvironmentConfig } from '../config/schema.ts';

/**
 * The few physical names that are chosen rather than generated: those that somebody outside of a stack has to know
 * beforehand (Trust names the services that Services makes later, the command line names the canary). What is retained when
 * a stack is deleted never has a chosen name, which would be in the way of the next deployment.
 */
type Named = Pick<EnvironmentConfig, 'namePrefix'>;

/** The two services, as the configuration names them. */
export type ServiceName = keyof EnvironmentConfig['services'];

/** The CloudFormation stack of one part of a deployment. */
export function stackName({ namePrefix }: Named, part: 'foundation' | 'trust' | 'services'): string {
  return `${namePrefix}-${part}`;
}

/** The ECS cluster. */
export function clusterName({ namePrefix }: Named): string {
  return namePrefix;
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

/** The canary's function with its account and region: for callers whose credentials may be another account's. */
export function canaryFunctionArn(config: Named & Pick<EnvironmentConfig, 'account' | 'region'>): string {
  const { account, region } = config;
  return `arn:${RegionInfo.get(region).partition}:lambda:${region}:${account}:function:${canaryFunctionName(config)}`;
}

/** The alias of the key that encrypts the secret parameters. */
export function encryptionKeyAlias({ namePrefix }: Named): string {
  return `alias/${namePrefix}-mcp-secret`;
}
