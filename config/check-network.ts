import type { Checked, Refuse } from './checked.ts';
import { rule } from './rules.ts';

/** Network, load balancer, certificate and DNS have to fit each other. */
export function checkNetwork(environment: Checked, refuse: Refuse): void {
  checkZones(environment, refuse);
  checkSubnets(environment, refuse);
  checkLoadBalancer(environment, refuse);
}

function checkZones({ vpc }: Checked, refuse: Refuse): void {
  const zones = vpc.availabilityZones.length;
  if (new Set(vpc.availabilityZones).size !== zones)
    refuse(['vpc', 'availabilityZones'], rule('A zone is listed once', 'Remove the second one'));
  if (vpc.kind === 'create' && vpc.natGateways > zones)
    refuse(['vpc', 'natGateways'], rule('A zone has one NAT gateway at most', `Write 1 to ${zones}`));
}

function checkSubnets({ vpc, loadBalancer }: Checked, refuse: Refuse): void {
  if (vpc.kind === 'create') return;
  const zones = vpc.availabilityZones.length;
  if (vpc.privateSubnetIds.length !== zones)
    refuse(
      ['vpc', 'privateSubnetIds'],
      rule('Each zone has one private subnet', `List ${zones}, in the order of the zones`),
    );
  if (vpc.publicSubnetIds !== undefined && vpc.publicSubnetIds.length !== zones)
    refuse(
      ['vpc', 'publicSubnetIds'],
      rule('Each zone has one public subnet', `List ${zones}, in the order of the zones`),
    );
  if (loadBalancer.kind === 'create' && loadBalancer.scheme === 'internet-facing' && vpc.publicSubnetIds === undefined)
    refuse(
      ['vpc', 'publicSubnetIds'],
      rule(
        'An internet-facing load balancer stands in public subnets',
        'List them, or make the load balancer internal',
      ),
    );
}

function checkLoadBalancer({ vpc, loadBalancer, certificate, dns }: Checked, refuse: Refuse): void {
  if (loadBalancer.kind === 'create') {
    if (certificate.kind === 'listener')
      refuse(
        ['certificate', 'kind'],
        rule(
          'A load balancer that is made here has no certificate yet',
          "Write { kind: 'create' } or { kind: 'import', arn: … }, or import the load balancer",
        ),
      );
    return;
  }
  if (vpc.kind === 'create')
    refuse(
      ['vpc', 'kind'],
      rule(
        'A load balancer that exists stands in a VPC that exists, and reaches tasks in no other',
        "Write { kind: 'import', … } with the VPC of the load balancer",
      ),
    );
  if (dns.kind === 'hosted-zone' && loadBalancer.canonicalHostedZoneId === undefined)
    refuse(
      ['loadBalancer', 'canonicalHostedZoneId'],
      rule(
        'A record in a hosted zone names the zone of the load balancer too',
        "Write the CanonicalHostedZoneId that its description shows, or { kind: 'outside' } for dns",
      ),
    );
}
