import type { z } from 'zod';
import { checkPlaces, type Refuse } from './check-places.ts';
import { EMULATOR_ACCOUNT, isLoopbackUrl } from './emulator.ts';
import { longestVpcPrefix, prefixOf } from './network.ts';
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
  checkWritablePaths(environment, refuse);
  checkTaskDefinitions(environment, refuse);
  checkCi(environment, refuse);
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

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const MAX_COMMON_NAME = 64;
const MAX_HOST_CONDITION = 128;

function checkUrls({ account, hostName, publicUrl, registryUrl, dns, certificate }: CheckedKeys, refuse: Refuse): void {
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
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions
  if (!/\.[a-z]+$/.test(hostName) && !/\.xn--[a-z0-9-]+$/.test(hostName))
    refuse(
      ['hostName'],
      rule('A host name ends in a domain of letters alone', 'Write a full name such as quilt.example.org'),
    );
  if (hostName.length > MAX_HOST_CONDITION)
    refuse(
      ['hostName'],
      rule('A rule of a load balancer matches host names of at most 128 characters', 'Write a shorter name'),
    );
  if (certificate.kind === 'create' && hostName.length > MAX_COMMON_NAME)
    refuse(
      ['hostName'],
      rule(
        'ACM issues no certificate whose first name is longer than 64 characters',
        'Write a shorter name, or import a certificate',
      ),
    );
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

function checkZones({ vpc, loadBalancer }: CheckedKeys, refuse: Refuse): void {
  const zones = vpc.availabilityZones.length;
  if (loadBalancer.kind === 'create' && zones < 2)
    refuse(
      ['vpc', 'availabilityZones'],
      rule('A load balancer needs two zones', 'List at least two availability zones of the region'),
    );
  if (new Set(vpc.availabilityZones).size !== zones)
    refuse(['vpc', 'availabilityZones'], rule('A zone is listed once', 'Remove the second one'));
  if (vpc.kind === 'create' && vpc.natGateways > zones)
    refuse(['vpc', 'natGateways'], rule('A zone has one NAT gateway at most', `Write 1 to ${zones}`));
  if (vpc.kind === 'create' && prefixOf(vpc.cidr) > longestVpcPrefix(zones))
    refuse(
      ['vpc', 'cidr'],
      rule(
        `A public and a private subnet of 32 addresses in each of ${zones} zones do not fit`,
        `Write a range of /${longestVpcPrefix(zones)} or larger, such as 10.0.0.0/16`,
      ),
    );
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

/** Where the images of this project have their program: a writable directory there would hide it. */
const PROGRAM_PATH = '/app';

function checkWritablePaths({ services }: CheckedKeys, refuse: Refuse): void {
  for (const name of ['catalog', 'mcp'] as const) {
    const { image, writablePaths } = services[name];
    const hiding = writablePaths.findIndex((path) => path === PROGRAM_PATH || path.startsWith(`${PROGRAM_PATH}/`));
    if (image.kind === 'build' && hiding >= 0)
      refuse(
        ['services', name, 'writablePaths', hiding],
        rule(`An empty directory in ${PROGRAM_PATH} hides the program of the image`, 'Write another path such as /tmp'),
      );
  }
}

/** ECS allows 64 KiB; what this project adds itself fits into the rest. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MAX_TASK_TEXT_BYTES = 48 * 1024;

function checkTaskDefinitions({ services, roles }: CheckedKeys, refuse: Refuse): void {
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
  const table = bytes(roles);
  if (table > MAX_TASK_TEXT_BYTES)
    refuse(
      ['roles'],
      rule(
        `A task definition holds 64 KiB, and this table takes ${table} bytes`,
        'Remove roles, or name fewer buckets',
      ),
    );
  for (const name of ['catalog', 'mcp'] as const) {
    const own = bytes(services[name].environment);
    if (own + (name === 'catalog' && table <= MAX_TASK_TEXT_BYTES ? table : 0) > MAX_TASK_TEXT_BYTES)
      refuse(
        ['services', name, 'environment'],
        rule(`A task definition holds 64 KiB, and these variables take ${own} bytes`, 'Write fewer or shorter ones'),
      );
  }
}

/** GitHub's tokens are for `sts.amazonaws.com`, which the Regions of China do not have. */
function checkCi({ ci, region }: CheckedKeys, refuse: Refuse): void {
  if (ci !== undefined && region.startsWith('cn-'))
    refuse(
      ['ci'],
      rule('AWS in China does not accept the tokens of github.com', 'Leave ci out, and deploy from inside'),
    );
}
