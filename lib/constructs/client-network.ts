import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { foundationVpc } from './foundation-vpc.ts';

/** Where a function runs that asks the services as a client does. */
export interface ClientNetwork {
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
}

/**
 * The network of a function that asks the services as a client does: it runs where clients are, outside of the VPC for an
 * internet-facing load balancer (undefined), in private subnets for an internal one.
 *
 * @param who - begins the description of the security group
 */
export function clientNetwork(
  scope: Construct,
  config: EnvironmentConfig,
  foundation: FoundationReader,
  who: string,
): ClientNetwork | undefined {
  if (config.loadBalancer.scheme !== 'internal') return undefined;
  const vpc = foundationVpc(scope, config, foundation);
  const securityGroup = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    allowAllOutbound: false,
    description: `${who}: HTTPS out`,
  });
  securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Load balancer and AWS APIs');
  return { vpc, securityGroup };
}
