import type { z } from 'zod';
import { checkPlaces, type Refuse } from './check-places.ts';
import { EMULATOR_ACCOUNT, isLoopbackUrl } from './emulator.ts';
import { rule } from './rules.ts';
import { type CheckedKeys, incomingPath } from './schema.ts';

/** Rules across keys. They run once every key by itself is valid. */
export function checkAcrossKeys(environment: CheckedKeys, context: z.core.$RefinementCtx): void {
  const refuse: Refuse = (path, message) => {
    context.addIssue({ code: 'custom', path: [...path], message });
  };
  checkUrls(environment, refuse);
  checkPlaces(environment, refuse);
  checkNetwork(environment, refuse);
  if (environment.signingSecretParameter === environment.keySetParameter)
    refuse(
      ['keySetParameter'],
      rule('The signing secret and the key set are two parameters', 'Give the key set another name'),
    );
  checkIncoming(environment, refuse);
  checkTopic(environment, refuse);
  checkMcpPath(environment, refuse);
  checkDataAccess(environment, refuse);
}

/** A rotation deletes what it used from there. */
function checkIncoming(environment: CheckedKeys, refuse: Refuse): void {
  const path = incomingPath(environment);
  for (const key of ['signingSecretParameter', 'keySetParameter'] as const)
    if (environment[key].startsWith(path))
      refuse(
        [key],
        rule(
          `Below ${path} people leave secrets for a rotation, which deletes them`,
          'Give the parameter another name',
        ),
      );
}

function checkUrls({ account, hostName, publicUrl, registryUrl, dns }: CheckedKeys, refuse: Refuse): void {
  if (account === EMULATOR_ACCOUNT) {
    for (const [key, url] of Object.entries({ publicUrl, registryUrl }))
      if (url !== undefined && !isLoopbackUrl(url))
        refuse(
          [key],
          rule(
            'The emulator runs on this machine, so its URLs are loopback ones',
            'Write a URL such as http://127.0.0.1:8443',
          ),
        );
    return;
  }
  if (publicUrl !== undefined && publicUrl !== `https://${hostName}`)
    refuse(
      ['publicUrl'],
      rule('Tokens only travel over HTTPS, to the configured host name', 'Leave the key out: it is https://<hostName>'),
    );
  if (new URL(registryUrl).protocol !== 'https:')
    refuse(['registryUrl'], rule('Login tokens only travel over HTTPS', 'Write a URL that begins with https://'));
  if (!/\.[a-z][a-z0-9-]*$/.test(hostName))
    refuse(['hostName'], rule('A certificate needs a full domain name', 'Write a name such as quilt.example.org'));
  if (dns.kind === 'hosted-zone' && hostName !== dns.zoneName && !hostName.endsWith(`.${dns.zoneName}`))
    refuse(['dns', 'zoneName'], rule('The host name lies in the hosted zone', 'Name the zone that hostName ends in'));
}

/** An imported topic has its subscribers already, and a policy that is not ours to change. */
function checkTopic({ operations: { emails, topic } }: CheckedKeys, refuse: Refuse): void {
  if (topic.kind === 'import' && emails.length > 0)
    refuse(
      ['operations', 'emails'],
      rule(
        'The owner of an imported topic decides who is subscribed to it',
        'Leave the addresses out, and subscribe them to the topic itself',
      ),
    );
}

function checkMcpPath({ services: { mcp } }: CheckedKeys, refuse: Refuse): void {
  if (mcp.image.kind === 'build' && !/^\/mcp\/?$/.test(mcp.path))
    refuse(
      ['services', 'mcp', 'path'],
      rule('The MCP server of this project answers at /mcp', 'Leave the path out, or bring an image that has another'),
    );
}

/** Network, load balancer, certificate and DNS have to fit each other. */
function checkNetwork(environment: CheckedKeys, refuse: Refuse): void {
  checkZones(environment, refuse);
  checkSubnets(environment, refuse);
  checkLoadBalancer(environment, refuse);
}

function checkZones({ vpc }: CheckedKeys, refuse: Refuse): void {
  const zones = vpc.availabilityZones.length;
  if (new Set(vpc.availabilityZones).size !== zones)
    refuse(['vpc', 'availabilityZones'], rule('A zone is listed once', 'Remove the second one'));
  if (vpc.kind === 'create' && vpc.natGateways > zones)
    refuse(['vpc', 'natGateways'], rule('A zone has one NAT gateway at most', `Write 1 to ${zones}`));
}

function checkSubnets({ vpc, loadBalancer }: CheckedKeys, refuse: Refuse): void {
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

function checkLoadBalancer({ vpc, loadBalancer, certificate, dns }: CheckedKeys, refuse: Refuse): void {
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

/** Accounts and keys without buckets have no effect: the buckets were forgotten. */
function checkDataAccess({ dataAccess }: CheckedKeys, refuse: Refuse): void {
  const { buckets, accounts, encryptionKeyArns } = dataAccess;
  if (buckets.length === 0 && accounts.length + encryptionKeyArns.length > 0)
    refuse(
      ['dataAccess', 'buckets'],
      rule('Accounts and keys are those of buckets', 'List the buckets, or leave the whole section out'),
    );
}
