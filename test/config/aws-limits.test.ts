/** What AWS refuses is refused here, by its key; what AWS accepts is accepted. */
import { checkEnvironment } from '../../config/load.ts';
import { production } from '../../config/production.ts';
import { problemsOf } from './support/problems.ts';

type Changes = Readonly<Record<string, unknown>>;

/** The example environment with values replaced. */
function changed(changes: Changes): typeof production {
  const copy = structuredClone(production) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<Record<string, unknown>>((object, key) => object[key] as Record<string, unknown>, copy);
    parent[last] = value;
  }
  return copy as unknown as typeof production;
}

const DIGEST = `sha256:${'b'.repeat(64)}`;
const ECR = '111122223333.dkr.ecr.us-east-1.amazonaws.com/mcp';
const reference = (uri: string) => ({ kind: 'reference', uri });
const zones = (letters: string) => [...letters].map((letter) => `us-east-1${letter}`);
const host = (name: string): Changes => ({ hostName: name, dns: { kind: 'outside' } });
const imported = { kind: 'import', arn: 'arn:aws:acm:us-east-1:111122223333:certificate/0a' };
const internal = (...clientCidrs: readonly unknown[]) => ({ kind: 'create', scheme: 'internal', clientCidrs });
const ci = (values: Changes) => ({ repository: 'example/quilt', ...values });
const label = (length: number) => 'a'.repeat(length);
const manyRoles = {
  roles: Object.fromEntries(
    Array.from({ length: 900 }, (_, n) => [
      `Role${n}`,
      { level: 'read', permissions: ['s3:GetObject'], buckets: ['*'] },
    ]),
  ),
  aliases: {},
};

test.each<[string, Changes, string]>([
  ['an octet over 255', { 'vpc.cidr': '10.0.0.300/16' }, 'vpc.cidr'],
  ['an octet with a leading zero', { 'vpc.cidr': '10.01.0.0/16' }, 'vpc.cidr'],
  ['a prefix over 32', { 'vpc.cidr': '10.0.0.0/33' }, 'vpc.cidr'],
  ['a VPC that is too large', { 'vpc.cidr': '10.0.0.0/8' }, 'vpc.cidr'],
  ['a VPC that is too small', { 'vpc.cidr': '10.0.0.0/29' }, 'vpc.cidr'],
  ['a VPC without room for its subnets', { 'vpc.cidr': '10.0.0.0/26' }, 'vpc.cidr'],
  [
    'a VPC without room for three zones',
    { 'vpc.cidr': '10.0.0.0/25', 'vpc.availabilityZones': zones('abc') },
    'vpc.cidr',
  ],
  ['every address', { 'vpc.cidr': '0.0.0.0/0' }, 'vpc.cidr'],
  ['addresses of this host', { 'vpc.cidr': '127.0.0.0/16' }, 'vpc.cidr'],
  ['link-local addresses', { 'vpc.cidr': '169.254.0.0/16' }, 'vpc.cidr'],
  ['host bits', { 'vpc.cidr': '10.0.0.1/16' }, 'vpc.cidr'],
  ['a client range that is none', { loadBalancer: internal('10.0.0.0/99') }, 'loadBalancer.clientCidrs.0'],
  ['a client range with host bits', { loadBalancer: internal('10.8.0.1/16') }, 'loadBalancer.clientCidrs.0'],
  [
    'client ranges as text',
    { loadBalancer: { ...internal(), clientCidrs: '10.8.0.0/16' } },
    'loadBalancer.clientCidrs',
  ],
  [
    'one zone with a created load balancer',
    { 'vpc.availabilityZones': zones('a'), 'vpc.natGateways': 1 },
    'vpc.availabilityZones',
  ],
  ['zones as text', { 'vpc.availabilityZones': 'us-east-1a' }, 'vpc.availabilityZones'],
  ['a host over 64 characters with a created certificate', host(`${label(60)}.example.org`), 'hostName'],
  [
    'a host over 128 characters',
    { ...host(`${label(60)}.${label(60)}.example.org`), certificate: imported },
    'hostName',
  ],
  ['a label over 63 characters', { ...host(`${label(64)}.example.org`), certificate: imported }, 'hostName'],
  ['a last label with digits', host('quilt.example.c0m'), 'hostName'],
  ['a health path over 1,024 characters', { 'services.mcp.healthPath': `/${label(1024)}` }, 'services.mcp.healthPath'],
  ['a blank in a health path', { 'services.mcp.healthPath': '/health check' }, 'services.mcp.healthPath'],
  [
    'a variable with an umlaut',
    { 'services.mcp.environment': { TITLE: 'Übersicht' } },
    'services.mcp.environment.TITLE',
  ],
  ['an address with an umlaut', { operations: { emails: ['jürgen@example.org'] } }, 'operations.emails.0'],
  ['one address twice', { operations: { emails: ['a@example.org', 'A@example.org'] } }, 'operations.emails'],
  ['addresses as text', { operations: { emails: 'a@example.org' } }, 'operations.emails'],
  ['a parameter of 16 levels', { signingSecretParameter: '/a'.repeat(16) }, 'signingSecretParameter'],
  ['a parameter name over 900 characters', { keySetParameter: `/${label(900)}` }, 'keySetParameter'],
  [
    '200 canary buckets',
    { canary: { buckets: Array.from({ length: 200 }, (_, n) => `a-bucket-${n}`) } },
    'canary.buckets',
  ],
  ['a number for a bucket', { canary: { buckets: [7] } }, 'canary.buckets.0'],
  ['a role table over 48 KiB', { roles: manyRoles }, 'roles'],
  [
    'variables over 48 KiB',
    { 'services.mcp.environment': Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`V${n}`, label(4096)])) },
    'services.mcp.environment',
  ],
  ['a directory that hides the program', { 'services.mcp.writablePaths': ['/app'] }, 'services.mcp.writablePaths.0'],
  ['CI in China', { region: 'cn-north-1', 'vpc.availabilityZones': ['cn-north-1a', 'cn-north-1b'], ci: ci({}) }, 'ci'],
  ['an unknown weakness of a secret', { adoptSecretDespite: ['secret_short'] }, 'adoptSecretDespite.0'],
])('%s is refused, with a rule and a remedy', (_, changes, key) => {
  const problems = problemsOf(() => checkEnvironment(changed(changes), 'config/mine.ts'));
  expect(problems.map((problem) => problem.key)).toEqual([key]);
  for (const { rule, remedy } of problems) {
    expect(rule).toMatch(/^[A-Z0-9].{10,}[^.]$/s);
    expect(remedy).toMatch(/^[A-Z].{5,}[^.]$/s);
    expect(rule).not.toMatch(/Invalid input|expected/);
  }
});

test.each<[string, Changes]>([
  ['the smallest VPC for two zones', { 'vpc.cidr': '10.0.0.0/25' }],
  ['a public range', { 'vpc.cidr': '100.64.0.0/16' }],
  ['one client', { loadBalancer: internal('203.0.113.7/32') }],
  ['every client', { loadBalancer: internal('0.0.0.0/0') }],
  ['a host of 64 characters', host(`${label(52)}.example.org`)],
  ['an internationalised domain', host('quilt.example.xn--p1ai')],
  ['a health path with a query', { 'services.mcp.healthPath': '/health?deep=1&from=alb' }],
  ['an image with tag and digest', { 'services.mcp.image': reference(`${ECR}:1.2.3@${DIGEST}`) }],
  [
    'a registry with a port, a tag and a digest',
    { 'services.mcp.image': reference(`r.example.org:5000/mcp:v1@${DIGEST}`) },
  ],
  ['the usual port of the registry', { registryUrl: 'https://registry.example.org:443' }],
  ['a final slash of the registry', { registryUrl: 'https://registry.example.org/' }],
  ['an owner of managed users', { ci: ci({ repository: 'octo_corp/quilt' }) }],
  ['a GitHub environment with a blank', { ci: ci({ environment: 'US production/blue' }) }],
  ['two addresses', { operations: { emails: ['a@example.org', 'b@example.org'] } }],
  ['a parameter of 15 levels', { signingSecretParameter: '/a'.repeat(15) }],
  ['a weak secret of a running system', { adoptSecretDespite: ['secret_placeholder'] }],
])('%s is accepted', (_, changes) => {
  expect(problemsOf(() => checkEnvironment(changed(changes), 'config/mine.ts'))).toEqual([]);
});

test.each(['eusc-de-east-1', 'us-gov-west-1', 'ap-southeast-7', 'mx-central-1', 'il-central-1'])(
  'region %s is accepted',
  (region) => {
    const availabilityZones = [`${region}a`, `${region}b`];
    expect(
      problemsOf(() =>
        checkEnvironment(changed({ region, 'vpc.availabilityZones': availabilityZones }), 'config/mine.ts'),
      ),
    ).toEqual([]);
  },
);

test('a tag beside the digest and the usual port do not reach the template', () => {
  const { services, registryUrl } = checkEnvironment(
    changed({
      'services.mcp.image': reference(`${ECR}:1.2.3@${DIGEST}`),
      registryUrl: 'https://registry.example.org:443',
    }),
    'config/mine.ts',
  );
  expect(services.mcp.image).toMatchObject({ uri: `${ECR}@${DIGEST}` });
  expect(registryUrl).toBe('https://registry.example.org');
});
