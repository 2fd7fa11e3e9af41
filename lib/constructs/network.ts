import { Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { importedVpc } from './imported-vpc.ts';

/** The VPC with public subnets for the load balancer and private ones, which reach AWS through NAT, for everything else. */
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
      // Image layers come from S3: through the endpoint they cost nothing, through NAT they do.
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
      // Nothing here uses the default group, and CDK would close it with a function that may change any security group.
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
    // CDK's types do not know exactOptionalPropertyTypes: to the compiler a Vpc is no IVpc.
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

type CreatedVpc = Extract<EnvironmentConfig['vpc'], { kind: 'create' }>;
type ImportedVpc = Extract<EnvironmentConfig['vpc'], { kind: 'import' }>;
