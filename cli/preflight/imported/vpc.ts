import { DescribeSubnetsCommand, DescribeVpcsCommand, type EC2Client, type Subnet } from '@aws-sdk/client-ec2';
import type { VpcConfig } from '../../../config/network.ts';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from '../finding.ts';

type ImportedVpc = Extract<VpcConfig, { kind: 'import' }>;

/** Whether the VPC and its subnets are there, with the ranges and in the zones that the configuration says. */
export function vpcFindings(ec2: EC2Client, vpc: ImportedVpc): readonly Promise<Finding>[] {
  return [
    lookedAt('VPC', () => vpcFinding(ec2, vpc)),
    subnetsFinding(ec2, 'private subnets', 'vpc.privateSubnetIds', vpc.privateSubnetIds, vpc),
    ...(vpc.publicSubnetIds === undefined
      ? []
      : [subnetsFinding(ec2, 'public subnets', 'vpc.publicSubnetIds', vpc.publicSubnetIds, vpc)]),
  ];
}

async function vpcFinding(ec2: EC2Client, { vpcId, cidr }: ImportedVpc): Promise<Finding> {
  const asked = ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  const found = (await unlessNamed(asked, 'InvalidVpcID.NotFound'))?.Vpcs?.[0];
  if (found === undefined) return misfit('VPC', `there is no ${vpcId}`, 'Mend vpc.vpcId in the configuration.');
  const ranges = (found.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock }) => CidrBlock ?? []);
  if (found.CidrBlock === cidr || ranges.includes(cidr)) return ok('VPC', `${vpcId}, ${cidr}`);
  return misfit('VPC', `${vpcId} has the range ${found.CidrBlock}, not ${cidr}`, 'Mend vpc.cidr in the configuration.');
}

function subnetsFinding(
  ec2: EC2Client,
  about: string,
  key: string,
  ids: readonly string[],
  { vpcId, availabilityZones }: ImportedVpc,
): Promise<Finding> {
  const remedy = `Mend ${key} and vpc.availabilityZones in the configuration: one subnet for each zone, in the same order.`;
  return lookedAt(about, async () => {
    const asked = ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...ids] }));
    const answer = await unlessNamed(asked, 'InvalidSubnetID.NotFound');
    if (answer === undefined) return misfit(about, 'one of them does not exist', remedy);
    const wrong = ids.flatMap((id, index) => {
      const subnet = answer.Subnets?.find(({ SubnetId }) => SubnetId === id);
      return problemOf(id, subnet, vpcId, availabilityZones[index]) ?? [];
    });
    return wrong.length > 0 ? misfit(about, wrong.join('; '), remedy) : ok(about, ids.join(', '));
  });
}

function problemOf(id: string, subnet: Subnet | undefined, vpcId: string, zone: string | undefined) {
  if (subnet === undefined) return `there is no ${id}`;
  if (subnet.VpcId !== vpcId) return `${id} is in ${subnet.VpcId}, not in ${vpcId}`;
  return subnet.AvailabilityZone === zone ? undefined : `${id} is in ${subnet.AvailabilityZone}, not in ${zone}`;
}
