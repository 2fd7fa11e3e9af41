import { Fn } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { importedVpc } from './imported-vpc.ts';

/** Foundation's VPC with its private subnets, as another stack sees it when it is deployed. */
export function foundationVpc(scope: Construct, { vpc }: EnvironmentConfig, foundation: FoundationReader): IVpc {
  const subnetIds = Fn.split(',', foundation.get('private-subnet-ids'));
  return importedVpc(scope, {
    vpcId: foundation.get('vpc-id'),
    availabilityZones: vpc.availabilityZones,
    privateSubnetIds: vpc.availabilityZones.map((_, index) => Fn.select(index, subnetIds)),
  });
}
