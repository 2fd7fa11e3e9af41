import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type IpPermission,
  type Subnet,
} from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  type ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancerConfig, VpcConfig } from '../../config/network.ts';

import { undefinedOn } from '../aws-failure.ts';
import { check, type Finding, invalid, ok, type Result } from './finding.ts';

type ImportedVpc = Extract<VpcConfig, { kind: 'import' }>;

/** Whether the VPC and its subnets exist, with the configured CIDR range and Availability Zones. */
export function vpcFindings(ec2: EC2Client, vpc: ImportedVpc): readonly Promise<Finding>[] {
  return [
    check('VPC', () => vpcResult(ec2, vpc)),
    subnetsFinding(ec2, 'private subnets', 'vpc.privateSubnetIds', vpc.privateSubnetIds, vpc),
    ...(vpc.publicSubnetIds === undefined
      ? []
      : [subnetsFinding(ec2, 'public subnets', 'vpc.publicSubnetIds', vpc.publicSubnetIds, vpc)]),
  ];
}

async function vpcResult(ec2: EC2Client, { vpcId, cidr }: ImportedVpc): Promise<Result> {
  const asked = ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  const found = (await undefinedOn(asked, 'InvalidVpcID.NotFound'))?.Vpcs?.[0];
  if (found === undefined) return invalid(`${vpcId} does not exist`, 'Fix vpc.vpcId in the configuration.');
  const ranges = (found.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock }) => CidrBlock ?? []);
  if (found.CidrBlock === cidr || ranges.includes(cidr)) return ok(`${vpcId}, ${cidr}`);
  return invalid(`${vpcId} has the range ${found.CidrBlock}, not ${cidr}`, 'Fix vpc.cidr in the configuration.');
}

function subnetsFinding(
  ec2: EC2Client,
  about: string,
  key: string,
  ids: readonly string[],
  { vpcId, availabilityZones }: ImportedVpc,
): Promise<Finding> {
  const remedy = `Fix ${key} and vpc.availabilityZones in the configuration: one subnet for each zone, in the same order.`;
  return check(about, async () => {
    const asked = ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...ids] }));
    const answer = await undefinedOn(asked, 'InvalidSubnetID.NotFound');
    if (answer === undefined) return invalid('one of them does not exist', remedy);
    const wrong = ids.flatMap((id, index) => {
      const subnet = answer.Subnets?.find(({ SubnetId }) => SubnetId === id);
      return subnetProblem(id, subnet, vpcId, availabilityZones[index]) ?? [];
    });
    return wrong.length > 0 ? invalid(wrong.join('; '), remedy) : ok(ids.join(', '));
  });
}

function subnetProblem(id: string, subnet: Subnet | undefined, vpcId: string, zone: string | undefined) {
  if (subnet === undefined) return `${id} does not exist`;
  if (subnet.VpcId !== vpcId) return `${id} is in ${subnet.VpcId}, not in ${vpcId}`;
  return subnet.AvailabilityZone === zone ? undefined : `${id} is in ${subnet.AvailabilityZone}, not in ${zone}`;
}

type ImportedLoadBalancer = Extract<LoadBalancerConfig, { kind: 'import' }>;

/** Whether the listener accepts HTTPS on port 443, and its load balancer matches the configuration. */
export function loadBalancerFindings(
  elbv2: ElasticLoadBalancingV2Client,
  config: ImportedLoadBalancer,
  vpcId: string | undefined,
): readonly Promise<Finding>[] {
  const listener = readListener(elbv2, config.listenerArn);
  return [
    check('HTTPS listener', async () => listenerResult(await listener)),
    check('load balancer', async () => {
      const found = await readLoadBalancer(elbv2, await listener);
      if (found === undefined) return invalid('the listener has no load balancer', fixKey('listenerArn'));
      return loadBalancerResult(found, config, vpcId);
    }),
  ];
}

async function readListener(elbv2: ElasticLoadBalancingV2Client, arn: string): Promise<Listener | undefined> {
  const asked = elbv2.send(new DescribeListenersCommand({ ListenerArns: [arn] }));
  return (await undefinedOn(asked, 'ListenerNotFoundException', 'ListenerNotFound'))?.Listeners?.[0];
}

async function readLoadBalancer(
  elbv2: ElasticLoadBalancingV2Client,
  listener: Listener | undefined,
): Promise<LoadBalancer | undefined> {
  const arn = listener?.LoadBalancerArn;
  if (arn === undefined) return undefined;
  return (await elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))).LoadBalancers?.[0];
}

function listenerResult(listener: Listener | undefined): Result {
  if (listener === undefined) return invalid('it does not exist', fixKey('listenerArn'));
  const { Protocol, Port } = listener;
  if (Protocol === 'HTTPS' && Port === 443) return ok('HTTPS on port 443');
  return invalid(`it accepts ${Protocol} on port ${Port}, not HTTPS on 443`, fixKey('listenerArn'));
}

/** The first mismatch between a load balancer and the configuration. */
function loadBalancerResult(
  found: LoadBalancer,
  { scheme, dnsName, securityGroupId, canonicalHostedZoneId }: ImportedLoadBalancer,
  vpcId: string | undefined,
): Result {
  const { SecurityGroups = [], VpcId } = found;
  const compared = [
    ['scheme', 'scheme', found.Scheme, scheme],
    ['dnsName', 'DNS name', found.DNSName?.toLowerCase(), dnsName.toLowerCase()],
    ['canonicalHostedZoneId', 'hosted zone', found.CanonicalHostedZoneId, canonicalHostedZoneId],
  ] as const;
  for (const [key, what, is, said] of compared) {
    if (said !== undefined && is !== said) return invalid(`its ${what} is ${is}, not ${said}`, fixKey(key));
  }
  if (!SecurityGroups.includes(securityGroupId)) {
    return invalid(`it does not have the security group ${securityGroupId}`, fixKey('securityGroupId'));
  }
  if (vpcId !== undefined && VpcId !== vpcId) {
    const remedy = 'Import the VPC of the load balancer; it cannot reach tasks elsewhere.';
    return invalid(`it is in ${VpcId}, not in ${vpcId}`, remedy);
  }
  return ok(`${found.DNSName}`);
}

function fixKey(key: string): string {
  return `Fix loadBalancer.${key} in the configuration.`;
}

interface GroupToLookAt {
  readonly id: string;
  /** The VPC that it has to be in, if known. */
  readonly vpcId: string | undefined;
  /** Task ports that its existing rules have to allow; none when rules are added. */
  readonly ports: readonly number[];
}

/** Whether the group is in the VPC and allows egress to the tasks' ports. */
export function securityGroupFinding(ec2: EC2Client, { id, vpcId, ports }: GroupToLookAt): Promise<Finding> {
  return check('security group of the load balancer', async () => {
    const asked = ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    const group = (await undefinedOn(asked, 'InvalidGroup.NotFound'))?.SecurityGroups?.[0];
    const remedy = 'Fix loadBalancer.securityGroupId in the configuration.';
    if (group === undefined) return invalid(`${id} does not exist`, remedy);
    if (vpcId !== undefined && group.VpcId !== vpcId) {
      return invalid(`${id} is in ${group.VpcId}, not in ${vpcId}`, remedy);
    }
    const closed = ports.filter((port) => !group.IpPermissionsEgress?.some((rule) => letsOut(rule, port)));
    if (closed.length === 0) return ok(id);
    return invalid(
      `${id} allows no egress to port ${closed.join(', ')}, where the tasks listen`,
      'Add an egress rule to it, or set loadBalancer.addEgress, which adds one for each service.',
    );
  });
}

/** Destinations are not compared: the tasks' groups do not exist before the first deployment. */
function letsOut({ IpProtocol, FromPort, ToPort }: IpPermission, port: number): boolean {
  if (IpProtocol === '-1') return true;
  return IpProtocol === 'tcp' && FromPort !== undefined && ToPort !== undefined && FromPort <= port && port <= ToPort;
}
