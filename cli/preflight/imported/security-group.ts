import { DescribeSecurityGroupsCommand, type EC2Client, type IpPermission } from '@aws-sdk/client-ec2';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from '../finding.ts';

const ABOUT = 'security group of the load balancer';

export interface GroupToLookAt {
  readonly id: string;
  /** The VPC that it has to be in, as far as it is known. */
  readonly vpcId: string | undefined;
  /** Ports of the tasks that it has to reach by rules of its own; none when rules are added. */
  readonly ports: readonly number[];
}

/** Whether the group is in the VPC, and lets the load balancer reach the tasks' ports at all. */
export function securityGroupFinding(ec2: EC2Client, { id, vpcId, ports }: GroupToLookAt): Promise<Finding> {
  return lookedAt(ABOUT, async () => {
    const asked = ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    const group = (await unlessNamed(asked, 'InvalidGroup.NotFound'))?.SecurityGroups?.[0];
    const remedy = 'Mend loadBalancer.securityGroupId in the configuration.';
    if (group === undefined) return misfit(ABOUT, `there is no ${id}`, remedy);
    if (vpcId !== undefined && group.VpcId !== vpcId) {
      return misfit(ABOUT, `${id} is in ${group.VpcId}, not in ${vpcId}`, remedy);
    }
    const closed = ports.filter((port) => !group.IpPermissionsEgress?.some((rule) => letsOut(rule, port)));
    if (closed.length === 0) return ok(ABOUT, id);
    return misfit(
      ABOUT,
      `${id} lets nothing out to port ${closed.join(', ')}, where the tasks listen`,
      'Add an egress rule to it, or set loadBalancer.addEgress, which adds one for each service.',
    );
  });
}

/** Where to is not compared: the tasks' own groups do not exist before the first deploy. */
function letsOut({ IpProtocol, FromPort, ToPort }: IpPermission, port: number): boolean {
  if (IpProtocol === '-1') return true;
  return IpProtocol === 'tcp' && FromPort !== undefined && ToPort !== undefined && FromPort <= port && port <= ToPort;
}
