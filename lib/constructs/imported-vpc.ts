import { Validations } from 'aws-cdk-lib';
import { type IVpc, Vpc, type VpcAttributes } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** A VPC that is known by its attributes. */
export function importedVpc(scope: Construct, attributes: VpcAttributes): IVpc {
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', attributes);
  Validations.of(vpc).acknowledge({
    id: '@aws-cdk/aws-ec2:noSubnetRouteTableId',
    reason: 'Nothing here adds routes, so that the route tables are not needed.',
  });
  return vpc;
}
