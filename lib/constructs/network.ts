import { Fn, Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
  type VpcAttributes,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import type { BundledFunctionProps } from './bundled-function.ts';

type CreatedVpc = Extract<EnvironmentConfig['vpc'], { kind: 'create' }>;
type ImportedVpc = Extract<EnvironmentConfig['vpc'], { kind: 'import' }>;

/** The VPC: public subnets for the load balancer, and private ones, which reach AWS through NAT, for everything else. */
export class Network extends Construct {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    this.vpc = config.vpc.kind === 'create' ? this.create(config, config.vpc) : this.import(config.vpc);
  }

  private create({ logRetentionDays }: EnvironmentConfig, { cidr, availabilityZones, natGateways }: CreatedVpc): IVpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(cidr),
      availabilityZones,
      natGateways,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
      // Image layers come from S3: free through the endpoint, charged through NAT.
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
      // Nothing uses the default group, and CDK would close it with a function that may change any security group.
      restrictDefaultSecurityGroup: false,
    });
    for (const { node } of [...vpc.publicSubnets, ...vpc.privateSubnets]) {
      Validations.of(node.defaultChild ?? vpc).acknowledge({
        id: 'CloudFormation-Validate::W3010',
        reason:
          'The zones are configuration: a list that is looked up may come back in another order and move subnets.',
      });
    }
    const logGroup = new LogGroup(this, 'FlowLogs', { retention: logRetentionDays });
    vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(logGroup) });
    // CDK's types do not support exactOptionalPropertyTypes: for the compiler, a Vpc is not an IVpc.
    return vpc as IVpc;
  }

  private import({ vpcId, cidr, availabilityZones, privateSubnetIds, publicSubnetIds }: ImportedVpc): IVpc {
    return importedVpc(this, {
      vpcId,
      vpcCidrBlock: cidr,
      availabilityZones,
      privateSubnetIds,
      ...(publicSubnetIds && { publicSubnetIds }),
    });
  }
}

/** A VPC by its attributes. */
function importedVpc(scope: Construct, attributes: VpcAttributes): IVpc {
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', attributes);
  Validations.of(vpc).acknowledge({
    id: '@aws-cdk/aws-ec2:noSubnetRouteTableId',
    reason: 'Nothing here adds routes, so that the route tables are not needed.',
  });
  return vpc;
}

/** Foundation's VPC with its private subnets, for another stack. */
export function foundationVpc(scope: Construct, { vpc }: EnvironmentConfig, foundation: FoundationReader): IVpc {
  const subnetIds = Fn.split(',', foundation.get('private-subnet-ids'));
  return importedVpc(scope, {
    vpcId: foundation.get('vpc-id'),
    availabilityZones: vpc.availabilityZones,
    privateSubnetIds: vpc.availabilityZones.map((_, index) => Fn.select(index, subnetIds)),
  });
}

/**
 * The network of a function that acts as a client: outside of the VPC for an internet-facing load balancer (undefined), in private
 * subnets for an internal one.
 *
 * @param who - begins the description of the security group
 */
export function clientNetwork(
  scope: Construct,
  config: EnvironmentConfig,
  foundation: FoundationReader,
  who: string,
): BundledFunctionProps['network'] {
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
