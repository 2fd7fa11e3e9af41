import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkEnvironment } from '../../config/load.ts';
import type { EnvironmentInput } from '../../config/schema.ts';
import { everythingImported } from './support/everything-imported.ts';
import { movedTo } from './support/moved-to.ts';
import { problemsOf } from './support/problems.ts';

const FILE = 'config/mine.ts';
const check = (environment: unknown) =>
  problemsOf(() => checkEnvironment(environment as EnvironmentInput, FILE)).map(({ key, rule, remedy }) => ({
    key,
    sentence: `${rule}. ${remedy}.`,
  }));

/** The environment in which everything is imported, with some values replaced (or, by `undefined`, taken away). */
function changed(changes: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(everythingImported) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<Record<string, unknown>>((object, key) => object[key] as Record<string, unknown>, copy);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy;
}

test('the example of the docs is the environment that the tests deploy', () => {
  const root = join(import.meta.dirname, '..', '..');
  const source = readFileSync(join(import.meta.dirname, 'support', 'everything-imported.ts'), 'utf8');
  const [, example] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, 'docs', 'bring-your-own.md'), 'utf8')) ?? [];
  // A file of config/ stands beside what it imports.
  expect(example).toBe(source.replace('../../../auth/', '../auth/').replace('../../../config/', './'));
});

test.each([
  ['us-east-1', 'aws'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-north-1', 'aws-cn'],
])('everything can be imported in %s', (region, partition) => {
  expect(check(movedTo(region, partition, everythingImported))).toEqual([]);
});

describe('what does not fit together', () => {
  const created = { kind: 'create', scheme: 'internet-facing' };
  const createdVpc = { kind: 'create', availabilityZones: ['us-east-1a', 'us-east-1b'] };

  test.each([
    [
      'an imported load balancer in a VPC that is made',
      { vpc: createdVpc },
      'vpc.kind',
      /load balancer that exists stands in a VPC that exists.*import/,
    ],
    [
      'a record for a load balancer whose zone is not known',
      { 'loadBalancer.canonicalHostedZoneId': undefined },
      'loadBalancer.canonicalHostedZoneId',
      /names the zone of the load balancer.*CanonicalHostedZoneId/,
    ],
    [
      'a certificate of a listener that does not exist yet',
      { loadBalancer: created, 'vpc.publicSubnetIds': ['subnet-0c', 'subnet-0d'], certificate: { kind: 'listener' } },
      'certificate.kind',
      /has no certificate yet.*import the load balancer/,
    ],
    [
      'a load balancer that is made, without public subnets',
      { loadBalancer: created },
      'vpc.publicSubnetIds',
      /stands in public subnets/,
    ],
    [
      'clients of a load balancer whose group is not ours',
      { 'loadBalancer.clientCidrs': ['10.9.0.0/16'] },
      'loadBalancer.clientCidrs',
      /not known/,
    ],
    [
      'a rule of MCP behind that of the catalog',
      { 'loadBalancer.rulePriorities': { mcp: 30, catalog: 20 } },
      'loadBalancer.rulePriorities.mcp',
      /MCP comes before that of the catalog.*lower number/,
    ],
    [
      'one priority for both rules',
      { 'loadBalancer.rulePriorities': { mcp: 20 } },
      'loadBalancer.rulePriorities.mcp',
      /MCP comes before that of the catalog/,
    ],
    [
      'a priority that no listener has',
      { 'loadBalancer.rulePriorities': { catalog: 50_001 } },
      'loadBalancer.rulePriorities.catalog',
      /1 to 50000/,
    ],
    [
      'addresses for a topic of somebody else',
      { 'operations.emails': ['platform@example.org'] },
      'operations.emails',
      /decides who is subscribed.*subscribe them to the topic itself/,
    ],
    [
      'another path for the MCP server of this project',
      { 'services.mcp.image': { kind: 'build' }, 'services.mcp.path': '/tools' },
      'services.mcp.path',
      /answers at \/mcp/,
    ],
  ])('%s', (_, changes, key, sentence) => {
    expect(check(changed(changes))).toEqual([{ key, sentence: expect.stringMatching(sentence) }]);
  });
});

describe('what is somewhere else', () => {
  const certificate = (place: string) => ({ kind: 'import', arn: `arn:${place}:certificate/0a` });
  const key = (place: string) => ({ kind: 'import', arn: `arn:${place}:key/0a` });
  const topic = (place: string) => ({ kind: 'import', arn: `arn:${place}:alarms` });
  const listener = (place: string) => `arn:${place}:listener/app/shared/0a/0b`;
  const image = (registry: string) => ({ kind: 'reference', uri: `${registry}/mcp@sha256:${'a'.repeat(64)}` });
  const ci = (place: string) => ({
    repository: 'example/quilt',
    oidcProvider: { kind: 'import', arn: `arn:${place}:oidc-provider/token.actions.githubusercontent.com` },
  });

  test.each([
    ['certificate', certificate('aws:acm:eu-west-1:111122223333'), 'certificate.arn', /own account and region/],
    ['certificate', certificate('aws:acm:us-east-1:444455556666'), 'certificate.arn', /own account and region/],
    ['certificate', certificate('aws-cn:acm:us-east-1:111122223333'), 'certificate.arn', /begins with arn:aws:/],
    ['encryptionKey', key('aws:kms:us-east-1:444455556666'), 'encryptionKey.arn', /own account and region/],
    ['encryptionKey', key('aws-us-gov:kms:us-east-1:111122223333'), 'encryptionKey.arn', /begins with arn:aws:/],
    [
      'loadBalancer.listenerArn',
      listener('aws:elasticloadbalancing:us-east-1:444455556666'),
      'loadBalancer.listenerArn',
      /own account and region/,
    ],
    [
      'loadBalancer.listenerArn',
      listener('aws:elasticloadbalancing:eu-west-1:111122223333'),
      'loadBalancer.listenerArn',
      /own account and region/,
    ],
    ['operations.topic', topic('aws:sns:eu-west-1:111122223333'), 'operations.topic.arn', /own region/],
    [
      'iam.permissionsBoundary',
      'arn:aws:iam::444455556666:policy/workloads',
      'iam.permissionsBoundary',
      /policy of its own account/,
    ],
    [
      'iam.permissionsBoundary',
      'arn:aws-us-gov:iam::111122223333:policy/workloads',
      'iam.permissionsBoundary',
      /begins with arn:aws:/,
    ],
    ['ci', ci('aws:iam::444455556666'), 'ci.oidcProvider.arn', /own account/],
    [
      'services.mcp.image',
      image('444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn'),
      'services.mcp.image.uri',
      /of the partition aws only/,
    ],
    [
      'services.mcp.image',
      image('444455556666.dkr.ecr.us-gov-west-1.amazonaws.com'),
      'services.mcp.image.uri',
      /of the partition aws only/,
    ],
    [
      'services.mcp.image',
      image('444455556666.dkr.ecr.us-east-1.amazonaws.com.cn'),
      'services.mcp.image.uri',
      /of the partition aws only/,
    ],
    [
      'services.mcp.image',
      image('444455556666.dkr.ecr-fips.us-east-1.amazonaws.com'),
      'services.mcp.image.uri',
      /no permission is given/,
    ],
    ['services.mcp.image', image('444455556666.dkr-ecr.us-east-1.on.aws'), 'services.mcp.image.uri', /no permission/],
  ])('%s = %j is refused', (path, value, refused, sentence) => {
    expect(check(changed({ [path]: value }))).toEqual([{ key: refused, sentence: expect.stringMatching(sentence) }]);
  });

  test.each([
    ['a topic of another account', { 'operations.topic': topic('aws:sns:us-east-1:444455556666') }],
    ['a policy of AWS as boundary', { 'iam.permissionsBoundary': 'arn:aws:iam::aws:policy/PowerUserAccess' }],
    ['an image of another region', { 'services.mcp.image': image('444455556666.dkr.ecr.eu-west-1.amazonaws.com') }],
    ['an image of another registry', { 'services.mcp.image': image('registry.example.org') }],
  ])('%s is accepted', (_, changes) => {
    expect(check(changed(changes))).toEqual([]);
  });
});

test.each([
  ['cluster', { kind: 'import', name: 'arn:aws:ecs:us-east-1:111122223333:cluster/shared' }, 'cluster.name'],
  ['cluster', { kind: 'import' }, 'cluster.name'],
  ['cluster', { kind: 'look-up' }, 'cluster.kind'],
  ['loadBalancer.kind', 'look-up', 'loadBalancer.kind'],
  ['loadBalancer.scheme', 'public', 'loadBalancer.scheme'],
  ['loadBalancer.listenerArn', undefined, 'loadBalancer.listenerArn'],
  [
    'loadBalancer.listenerArn',
    'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/net/shared/0a/0b',
    'loadBalancer.listenerArn',
  ],
  ['loadBalancer.securityGroupId', 'shared', 'loadBalancer.securityGroupId'],
  ['loadBalancer.addEgress', 'yes', 'loadBalancer.addEgress'],
  ['loadBalancer.dnsName', 'https://shared.us-east-1.elb.amazonaws.com', 'loadBalancer.dnsName'],
  ['iam.permissionsBoundary', 'workloads', 'iam.permissionsBoundary'],
  ['iam.rolePath', 'quilt', 'iam.rolePath'],
  ['iam.rolePath', '/quilt', 'iam.rolePath'],
  ['logGroups', { kind: 'import', catalog: '/ecs/catalog' }, 'logGroups.mcp'],
  ['logGroups.mcp', 'arn:aws:logs:us-east-1:111122223333:log-group:/ecs/mcp', 'logGroups.mcp'],
  ['operations.topic.arn', 'arn:aws:sns:us-east-1:111122223333:alarms.fifo', 'operations.topic.arn'],
  ['services.mcp.path', '/mcp/*', 'services.mcp.path'],
  ['services.mcp.path', '/', 'services.mcp.path'],
  ['services.catalog.path', '/catalog', 'services.catalog.path'],
  ['services.mcp.writablePaths', ['tmp'], 'services.mcp.writablePaths.0'],
  ['services.mcp.writablePaths', ['/tmp/../etc'], 'services.mcp.writablePaths.0'],
  ['services.mcp.writablePaths', ['/'], 'services.mcp.writablePaths.0'],
  ['services.mcp.writablePaths', ['/tmp', '/tmp'], 'services.mcp.writablePaths'],
])('%s = %j is refused by name', (path, value, key) => {
  expect(check(changed({ [path]: value })).map((problem) => problem.key)).toEqual([key]);
});

describe('variables of a container', () => {
  const refused = (name: string, value: unknown) => check(changed({ 'services.mcp.environment': { [name]: value } }));

  test.each([
    ['MCP_ENHANCED_JWT_SECRET', 'true', /sets this variable itself/],
    ['MCP_ENHANCED_JWT_KEYS', '{}', /sets this variable itself/],
    ['QUILT_REGISTRY_URL', 'https://elsewhere.example.org', /sets this variable itself/],
    ['port', '1', /sets this variable itself/],
    ['AWS_REGION', 'eu-west-1', /identity and Region/],
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'http://127.0.0.1/', /identity and Region/],
    ['ECS_CONTAINER_METADATA_URI_V4', 'http://127.0.0.1/', /identity and Region/],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0', /Certificates are verified/],
    ['BAD-NAME', '1', /letters, digits and _/],
    ['MANY_LINES', 'one\ntwo', /on one line/],
    ['NUMBER', 1, /is a text/],
    ['API_KEY', 'abc', /Leave a secret out/],
    ['dbPassword', 'abc', /Leave a secret out/],
    ['API_KEY', 'MFRGGZDFMZTWQ2LKNNWG23TPOB', /Leave a secret out/],
    ['SOME_TOKEN_URL', 'https://user:password@example.org', /Take the secret out/],
    ['TOKEN_URL', 'https://example.org/?token=abc', /Leave a secret out/],
    ['DATABASE', 'postgres://user:password@example.org/db', /Take the secret out/],
    ['PLAIN', `AKIA${'A'.repeat(16)}`, /Take the secret out/],
    ['PLAIN', '-----BEGIN PRIVATE KEY-----', /Take the secret out/],
    ['PLAIN', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln', /Take the secret out/],
  ])('%s = %j is refused, without a word of its value', (name, value, sentence) => {
    const problems = refused(name, value);
    expect(problems).toEqual([{ key: `services.mcp.environment.${name}`, sentence: expect.stringMatching(sentence) }]);
    if (String(value).length > 5) expect(JSON.stringify(problems)).not.toContain(String(value));
  });

  test.each([
    ['HOST', '0.0.0.0'],
    ['PASSWORD_AUTH', 'ENABLED'],
    ['PASSWORD_AUTH', 'SIGN_IN_ONLY'],
    ['MIXPANEL_TOKEN', '0123456789abcdef0123456789abcdef'],
    ['MAX_TOKENS', '4096'],
    ['KEYCLOAK_URL', 'https://login.example.org/realms/one'],
    ['KEY_ARN', 'arn:aws:kms:us-east-1:111122223333:key/0a'],
    ['AWS_USE_FIPS_ENDPOINT', 'true'],
    ['https_proxy', 'http://proxy.example.org:3128'],
  ])('%s = %j is accepted', (name, value) => {
    expect(refused(name, value)).toEqual([]);
  });
});
