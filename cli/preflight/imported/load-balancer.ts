import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  type ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancerConfig } from '../../../config/network.ts';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from '../finding.ts';

type ImportedLoadBalancer = Extract<LoadBalancerConfig, { kind: 'import' }>;

const ABOUT = { listener: 'HTTPS listener', loadBalancer: 'load balancer' } as const;

/** Whether the listener takes HTTPS on port 443, and its load balancer is what the configuration says. */
export function loadBalancerFindings(
  elbv2: ElasticLoadBalancingV2Client,
  config: ImportedLoadBalancer,
  vpcId: string | undefined,
): readonly Promise<Finding>[] {
  const listener = readListener(elbv2, config.listenerArn);
  return [
    lookedAt(ABOUT.listener, async () => listenerFinding(await listener)),
    lookedAt(ABOUT.loadBalancer, async () => {
      const found = await readLoadBalancer(elbv2, await listener);
      if (found === undefined)
        return misfit(ABOUT.loadBalancer, 'there is none behind the listener', mend('listenerArn'));
      return loadBalancerFinding(found, config, vpcId);
    }),
  ];
}

async function readListener(elbv2: ElasticLoadBalancingV2Client, arn: string): Promise<Listener | undefined> {
  const asked = elbv2.send(new DescribeListenersCommand({ ListenerArns: [arn] }));
  return (await unlessNamed(asked, 'ListenerNotFoundException', 'ListenerNotFound'))?.Listeners?.[0];
}

async function readLoadBalancer(
  elbv2: ElasticLoadBalancingV2Client,
  listener: Listener | undefined,
): Promise<LoadBalancer | undefined> {
  const arn = listener?.LoadBalancerArn;
  if (arn === undefined) return undefined;
  return (await elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))).LoadBalancers?.[0];
}

function listenerFinding(listener: Listener | undefined): Finding {
  if (listener === undefined) return misfit(ABOUT.listener, 'it does not exist', mend('listenerArn'));
  const { Protocol, Port } = listener;
  if (Protocol === 'HTTPS' && Port === 443) return ok(ABOUT.listener, 'HTTPS on port 443');
  return misfit(ABOUT.listener, `it takes ${Protocol} on port ${Port}, not HTTPS on 443`, mend('listenerArn'));
}

/** The first thing about a load balancer that the configuration has otherwise. */
function loadBalancerFinding(
  found: LoadBalancer,
  { scheme, dnsName, securityGroupId, canonicalHostedZoneId }: ImportedLoadBalancer,
  vpcId: string | undefined,
): Finding {
  const { SecurityGroups = [], VpcId } = found;
  const differences: readonly (readonly [
    key: string,
    what: string,
    is: string | undefined,
    said: string | undefined,
  ])[] = [
    ['scheme', 'scheme', found.Scheme, scheme],
    ['dnsName', 'DNS name', found.DNSName?.toLowerCase(), dnsName.toLowerCase()],
    ['canonicalHostedZoneId', 'hosted zone', found.CanonicalHostedZoneId, canonicalHostedZoneId],
  ];
  for (const [key, what, is, said] of differences) {
    if (said !== undefined && is !== said)
      return misfit(ABOUT.loadBalancer, `its ${what} is ${is}, not ${said}`, mend(key));
  }
  if (!SecurityGroups.includes(securityGroupId)) {
    return misfit(ABOUT.loadBalancer, `it does not have the group ${securityGroupId}`, mend('securityGroupId'));
  }
  if (vpcId !== undefined && VpcId !== vpcId) {
    const remedy = 'Import the VPC of the load balancer: it reaches no tasks elsewhere.';
    return misfit(ABOUT.loadBalancer, `it is in ${VpcId}, not in ${vpcId}`, remedy);
  }
  return ok(ABOUT.loadBalancer, `${found.DNSName}`);
}

function mend(key: string): string {
  return `Mend loadBalancer.${key} in the configuration.`;
}
