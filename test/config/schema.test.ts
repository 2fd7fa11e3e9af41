import { checkEnvironment } from '../../config/load.ts';
import { production } from '../../config/production.ts';
import { problemsOf } from './support/problems.ts';

const FILE = 'config/mine.ts';
const DIGEST = 'b'.repeat(64);

/** The example environment with one value replaced (or, by `undefined`, taken away). */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(production) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Record<string, unknown>>((object, key) => object[key] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

const check = (environment: unknown) => problemsOf(() => checkEnvironment(environment as typeof production, FILE));

test.each([
  ['account', 111122223333, 'account'],
  ['account', '1111', 'account'],
  ['account', undefined, 'account'],
  ['region', 'us-east', 'region'],
  ['namePrefix', 'Quilt', 'namePrefix'],
  ['namePrefix', 'a-very-long-name-prefix', 'namePrefix'],
  ['namePrefix', 'aws-quilt', 'namePrefix'],
  ['hostName', 'https://quilt.example.org', 'hostName'],
  ['hostName', 'quilt', 'hostName'],
  ['hostName', '10.0.0.1', 'hostName'],
  ['publicUrl', 'http://quilt.example.org', 'publicUrl'],
  ['publicUrl', 'https://other.example.org', 'publicUrl'],
  ['dns', { kind: 'zone' }, 'dns.kind'],
  ['dns.zoneName', 'example.com', 'dns.zoneName'],
  ['dns.hostedZoneId', 'zone', 'dns.hostedZoneId'],
  ['certificate', { kind: 'import', arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0a' }, 'certificate.arn'],
  ['certificate', { kind: 'import', arn: 'certificate' }, 'certificate.arn'],
  ['encryptionKey', { kind: 'import', arn: 'alias/mine' }, 'encryptionKey.arn'],
  ['encryptionKey', { kind: 'import', arn: 'arn:aws:kms:eu-west-1:111122223333:key/0a' }, 'encryptionKey.arn'],
  ['vpc.availabilityZones', ['us-east-1a'], 'vpc.availabilityZones'],
  ['vpc.availabilityZones', ['us-east-1a', 'us-east-1a'], 'vpc.availabilityZones'],
  ['vpc.availabilityZones', ['us-west-2a', 'us-west-2b'], 'vpc.availabilityZones'],
  ['vpc.natGateways', 0, 'vpc.natGateways'],
  ['vpc.natGateways', 3, 'vpc.natGateways'],
  ['vpc.cidr', '10.0.0.0', 'vpc.cidr'],
  ['loadBalancer.scheme', 'public', 'loadBalancer.scheme'],
  ['registryUrl', 'http://registry.example.org', 'registryUrl'],
  ['registryUrl', 'https://registry.example.org/path', 'registryUrl'],
  ['registryUrl', 'nonsense', 'registryUrl'],
  ['roles', { roles: {}, aliases: {} }, 'roles'],
  ['roles', { roles: { reader: { level: 'king', permissions: [], buckets: [] } }, aliases: {} }, 'roles'],
  ['roles', undefined, 'roles'],
  ['signingSecretParameter', 'jwt-secret', 'signingSecretParameter'],
  ['signingSecretParameter', '/aws/jwt-secret', 'signingSecretParameter'],
  ['keySetParameter', '/quilt/mcp-server/jwt-secret', 'keySetParameter'],
  // A rotation deletes what it finds there.
  ['signingSecretParameter', '/quilt/incoming/jwt-secret', 'signingSecretParameter'],
  ['keySetParameter', '/quilt/incoming/keys', 'keySetParameter'],
  ['tokenLifetimeSeconds', 9, 'tokenLifetimeSeconds'],
  ['tokenLifetimeSeconds', 86_401, 'tokenLifetimeSeconds'],
  ['tokenLeewaySeconds', -1, 'tokenLeewaySeconds'],
  ['services.mcp', undefined, 'services.mcp'],
  ['services.mcp.image', { kind: 'reference', uri: 'registry.example.org/mcp:1.2' }, 'services.mcp.image.uri'],
  ['services.mcp.image', { kind: 'build', platform: 'windows' }, 'services.mcp.image.platform'],
  ['services.mcp.image', 'registry.example.org/mcp', 'services.mcp.image'],
  ['services.mcp.cpu', 300, 'services.mcp.cpu'],
  ['services.mcp.memoryMiB', 700, 'services.mcp.memoryMiB'],
  ['services.mcp.desiredCount', 0, 'services.mcp.desiredCount'],
  ['services.mcp.port', 70_000, 'services.mcp.port'],
  ['services.mcp.healthPath', 'healthz', 'services.mcp.healthPath'],
  ['allowedOrigins', '*', 'allowedOrigins'],
  ['allowedOrigins', ['*'], 'allowedOrigins.0'],
  ['allowedOrigins', ['https://*.example.org'], 'allowedOrigins.0'],
  ['allowedOrigins', ['null'], 'allowedOrigins.0'],
  ['allowedOrigins', ['https://assistant.example.org/'], 'allowedOrigins.0'],
  ['allowedOrigins', ['http://assistant.example.org'], 'allowedOrigins.0'],
  ['allowedOrigins', ['https://assistant.example.org', 'https://assistant.example.org'], 'allowedOrigins'],
  ['canary', { connect: 'dns' }, 'canary.connect'],
  ['canary', { buckets: ['s3://mine'] }, 'canary.buckets.0'],
  ['canary', { everyMinutes: 0 }, 'canary.everyMinutes'],
  ['canary', { tolerate: ['all-checks'] }, 'canary.tolerate.0'],
  ['rotation', { everyDays: 0 }, 'rotation.everyDays'],
  ['rotation', { everyDays: 366 }, 'rotation.everyDays'],
  ['rotation', { paused: 'yes' }, 'rotation.paused'],
  ['rotation', { rollOutMinutes: 61 }, 'rotation.rollOutMinutes'],
  ['rotation', { everyHours: 1 }, 'rotation.everyHours'],
  ['operations', { emails: ['platform'] }, 'operations.emails.0'],
  ['logRetentionDays', 42, 'logRetentionDays'],
  ['terminationProtection', 'yes', 'terminationProtection'],
  ['tokenLifetime', 60, 'tokenLifetime'],
  ['services.mcp.memory', 1024, 'services.mcp.memory'],
])('%s = %j is refused, naming file, key, rule and remedy', (path, value, key) => {
  const problem = check(changed(path, value)).find((each) => each.key === key);
  expect(problem).toEqual({
    file: FILE,
    key,
    rule: expect.stringMatching(/\w{3}/),
    remedy: expect.stringMatching(/\w{3}/),
  });
});

test.each([
  ['an internal load balancer', 'loadBalancer', { kind: 'create', scheme: 'internal', clientCidrs: ['10.9.0.0/16'] }],
  ['DNS that is kept outside', 'dns', { kind: 'outside' }],
  [
    'an imported certificate',
    'certificate',
    { kind: 'import', arn: 'arn:aws:acm:us-east-1:111122223333:certificate/0a-1' },
  ],
  ['an imported key', 'encryptionKey', { kind: 'import', arn: 'arn:aws:kms:us-east-1:111122223333:key/0a-1' }],
  [
    'an image by digest',
    'services.mcp.image',
    { kind: 'reference', uri: `registry.example.org:5000/a/mcp@sha256:${DIGEST}` },
  ],
  ['pages of other sites', 'allowedOrigins', ['https://assistant.example.org:8443', 'http://localhost:6274']],
  ['every bucket for the canary', 'canary', { buckets: ['*'] }],
  ['a longer token', 'tokenLifetimeSeconds', 86_400],
  ['a shorter token', 'tokenLifetimeSeconds', 10],
  ['a pause of the rotation', 'rotation', { paused: true }],
  ['who hears of alarms', 'operations', { emails: ['platform@example.org', 'night-shift@example.org'] }],
])('%s can be expressed', (_, path, value) => {
  expect(check(changed(path, value))).toEqual([]);
});

describe('an existing VPC', () => {
  const vpc = {
    kind: 'import',
    vpcId: 'vpc-0a',
    cidr: '10.1.0.0/16',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    privateSubnetIds: ['subnet-0a', 'subnet-0b'],
    publicSubnetIds: ['subnet-0c', 'subnet-0d'],
  };

  test('is given by its attributes', () => {
    expect(check(changed('vpc', vpc))).toEqual([]);
  });

  test('needs public subnets where the load balancer faces the Internet', () => {
    const { publicSubnetIds: _, ...withoutPublic } = vpc;
    expect(check(changed('vpc', withoutPublic))).toMatchObject([{ key: 'vpc.publicSubnetIds' }]);
    const internal = { kind: 'create', scheme: 'internal' } as const;
    expect(check({ ...production, vpc: withoutPublic, loadBalancer: internal })).toEqual([]);
  });

  test('has a subnet of each kind in each zone', () => {
    const third = { ...vpc, availabilityZones: [...vpc.availabilityZones, 'us-east-1c'] };
    expect(check(changed('vpc', third)).map(({ key }) => key)).toEqual(['vpc.privateSubnetIds', 'vpc.publicSubnetIds']);
  });
});

test('the emulator’s account is reached over loopback only', () => {
  const environment = { ...production, account: '000000000000' };
  expect(check(environment)).toMatchObject([{ key: 'registryUrl' }]);
  expect(check({ ...environment, publicUrl: 'http://127.0.0.1:1', registryUrl: 'http://localhost:2' })).toEqual([]);
});

test('several problems are reported at once', () => {
  const problems = check({ ...production, account: 'x', region: 'y', hostName: 'UPPER', mistake: true });
  expect(problems.map(({ key }) => key).sort()).toEqual(['account', 'hostName', 'mistake', 'region']);
});
