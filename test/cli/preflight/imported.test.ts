import { exitCodeOf } from '../../../cli/preflight/finding.ts';
import { importedFindings } from '../../../cli/preflight/imported.ts';
import { checkEnvironment } from '../../../config/load.ts';
import type { EnvironmentInput } from '../../../config/schema.ts';
import { everythingImported } from '../../config/support/everything-imported.ts';
import { closeServers } from '../../lambda/support/servers.ts';
import { type Answer, scriptedAws } from './support/scripted-aws.ts';

const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
const ENVIRONMENT: EnvironmentInput = {
  ...everythingImported,
  ci: { repository: 'example/quilt', oidcProvider: { kind: 'import', arn: PROVIDER } },
};

const subnet = (last: number, zone: string, vpcId = 'vpc-0123456789abcdef0') => ({
  subnetId: `subnet-0123456789abcdef${last}`,
  vpcId,
  availabilityZone: zone,
});
const LISTENER = { Protocol: 'HTTPS', Port: 443, LoadBalancerArn: 'arn:the-load-balancer' };
const LOAD_BALANCER = {
  Scheme: 'internet-facing',
  DNSName: 'shared-1234567890.us-east-1.elb.amazonaws.com',
  CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
  SecurityGroups: ['sg-0123456789abcdef0'],
  VpcId: 'vpc-0123456789abcdef0',
};
const GROUP = { groupId: 'sg-0123456789abcdef0', vpcId: 'vpc-0123456789abcdef0', ipPermissionsEgress: [] };
const CERTIFICATE = { Status: 'ISSUED', DomainName: 'example.org', SubjectAlternativeNames: ['*.example.org'] };
const KEY = { KeyId: 'a', KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT' };

/** An account that has everything that the environment imports. */
const ACCOUNT: Readonly<Record<string, Answer>> = {
  DescribeVpcs: { vpcSet: [{ vpcId: 'vpc-0123456789abcdef0', cidrBlock: '10.20.0.0/16' }] },
  DescribeSubnets: { subnetSet: [subnet(1, 'us-east-1b'), subnet(0, 'us-east-1a')] },
  DescribeSecurityGroups: { securityGroupInfo: [GROUP] },
  DescribeClusters: { clusters: [{ clusterName: 'shared', status: 'ACTIVE' }] },
  DescribeListeners: { Listeners: [LISTENER] },
  DescribeLoadBalancers: { LoadBalancers: [LOAD_BALANCER] },
  DescribeCertificate: { Certificate: CERTIFICATE },
  GetHostedZone: {
    HostedZone: { Id: '/hostedzone/Z0123456789ABCDEFGHIJ', Name: 'example.org.', CallerReference: 'a' },
  },
  DescribeKey: { KeyMetadata: KEY },
  GetPolicy: { Policy: { Arn: 'arn:aws:iam::111122223333:policy/workloads' } },
  DescribeLogGroups: { logGroups: [{ logGroupName: '/ecs/quilt-catalog' }, { logGroupName: '/ecs/quilt-mcp' }] },
  GetTopicAttributes: { Attributes: [] },
  GetOpenIDConnectProvider: { Url: 'token.actions.githubusercontent.com', ClientIDList: ['sts.amazonaws.com'] },
};

afterEach(closeServers);

async function look(answers: Readonly<Record<string, Answer>> = {}, change: Partial<EnvironmentInput> = {}) {
  const { clients } = await scriptedAws({ ...ACCOUNT, ...answers });
  return importedFindings(clients, checkEnvironment({ ...ENVIRONMENT, ...change }, 'test'));
}

test('checks every imported resource, and passes when all match', async () => {
  const findings = await look();
  expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(findings.map(({ about }) => about)).toEqual([
    'VPC',
    'private subnets',
    'ECS cluster',
    'HTTPS listener',
    'load balancer',
    'security group of the load balancer',
    'certificate',
    'hosted zone',
    'encryption key',
    'permissions boundary',
    'log group /ecs/quilt-catalog',
    'log group /ecs/quilt-mcp',
    'alarm topic',
    'OIDC provider of GitHub',
  ]);
});

test.each<[about: string, found: string, answers: Record<string, Answer>]>([
  ['VPC', 'vpc-0123456789abcdef0 does not exist', { DescribeVpcs: { error: 'InvalidVpcID.NotFound' } }],
  [
    'VPC',
    'has the range 10.9.0.0/16, not 10.20.0.0/16',
    { DescribeVpcs: { vpcSet: [{ vpcId: 'vpc-0123456789abcdef0', cidrBlock: '10.9.0.0/16' }] } },
  ],
  ['private subnets', 'one of them does not exist', { DescribeSubnets: { error: 'InvalidSubnetID.NotFound' } }],
  [
    'private subnets',
    'subnet-0123456789abcdef1 is in us-east-1a, not in us-east-1b',
    { DescribeSubnets: { subnetSet: [subnet(0, 'us-east-1a'), subnet(1, 'us-east-1a')] } },
  ],
  [
    'private subnets',
    'subnet-0123456789abcdef0 is in vpc-0f, not in vpc-0123456789abcdef0',
    { DescribeSubnets: { subnetSet: [subnet(0, 'us-east-1a', 'vpc-0f'), subnet(1, 'us-east-1b')] } },
  ],
  ['ECS cluster', 'shared does not exist', { DescribeClusters: { clusters: [], failures: [{ reason: 'MISSING' }] } }],
  ['ECS cluster', 'shared is INACTIVE', { DescribeClusters: { clusters: [{ status: 'INACTIVE' }] } }],
  ['HTTPS listener', 'it does not exist', { DescribeListeners: { error: 'ListenerNotFound' } }],
  [
    'HTTPS listener',
    'it accepts HTTP on port 80',
    { DescribeListeners: { Listeners: [{ ...LISTENER, Protocol: 'HTTP', Port: 80 }] } },
  ],
  [
    'load balancer',
    'its scheme is internal, not internet-facing',
    { DescribeLoadBalancers: { LoadBalancers: [{ ...LOAD_BALANCER, Scheme: 'internal' }] } },
  ],
  [
    'load balancer',
    'it does not have the security group sg-0123456789abcdef0',
    { DescribeLoadBalancers: { LoadBalancers: [{ ...LOAD_BALANCER, SecurityGroups: ['sg-0f'] }] } },
  ],
  [
    'load balancer',
    'it is in vpc-0f, not in vpc-0123456789abcdef0',
    { DescribeLoadBalancers: { LoadBalancers: [{ ...LOAD_BALANCER, VpcId: 'vpc-0f' }] } },
  ],
  [
    'security group of the load balancer',
    'sg-0123456789abcdef0 does not exist',
    { DescribeSecurityGroups: { error: 'InvalidGroup.NotFound' } },
  ],
  ['certificate', 'it does not exist', { DescribeCertificate: { error: 'ResourceNotFoundException' } }],
  [
    'certificate',
    'its status is EXPIRED',
    { DescribeCertificate: { Certificate: { ...CERTIFICATE, Status: 'EXPIRED' } } },
  ],
  [
    'certificate',
    'it is not for quilt.example.org',
    { DescribeCertificate: { Certificate: { ...CERTIFICATE, SubjectAlternativeNames: ['*.quilt.example.org'] } } },
  ],
  ['hosted zone', 'Z0123456789ABCDEFGHIJ does not exist', { GetHostedZone: { error: 'NoSuchHostedZone' } }],
  [
    'hosted zone',
    'is example.com, not example.org',
    { GetHostedZone: { HostedZone: { Id: 'a', Name: 'example.com.', CallerReference: 'a' } } },
  ],
  ['encryption key', 'it does not exist', { DescribeKey: { error: 'NotFoundException' } }],
  [
    'encryption key',
    'its state is PendingDeletion',
    { DescribeKey: { KeyMetadata: { ...KEY, KeyState: 'PendingDeletion' } } },
  ],
  ['encryption key', 'it is a RSA_2048 key', { DescribeKey: { KeyMetadata: { ...KEY, KeySpec: 'RSA_2048' } } }],
  [
    'permissions boundary',
    'arn:aws:iam::111122223333:policy/workloads does not exist',
    { GetPolicy: { error: 'NoSuchEntity' } },
  ],
  [
    'log group /ecs/quilt-mcp',
    'does not exist',
    {
      DescribeLogGroups: { logGroups: [{ logGroupName: '/ecs/quilt-catalog' }, { logGroupName: '/ecs/quilt-mcp-2' }] },
    },
  ],
  [
    'alarm topic',
    'arn:aws:sns:us-east-1:444455556666:platform-alarms does not exist',
    { GetTopicAttributes: { error: 'NotFound' } },
  ],
  [
    'OIDC provider of GitHub',
    'oidc-provider/token.actions.githubusercontent.com does not exist',
    { GetOpenIDConnectProvider: { error: 'NoSuchEntity' } },
  ],
  [
    'OIDC provider of GitHub',
    'it does not accept tokens for sts.amazonaws.com',
    { GetOpenIDConnectProvider: { Url: 'token.actions.githubusercontent.com', ClientIDList: ['another'] } },
  ],
])('%s: %s', async (about, found, answers) => {
  const wrong = (await look(answers)).filter(({ state }) => state === 'failed');
  const finding = wrong.find((each) => each.about === about);
  expect(finding).toMatchObject({ detail: expect.stringContaining(found), exitCode: 2 });
  expect(finding?.remedy).toMatch(/^[A-Z].*\.$/);
});

test('without added rules, the group has to allow egress to the tasks', async () => {
  const { loadBalancer } = everythingImported;
  const asItIs = { loadBalancer: { ...loadBalancer, addEgress: false } as EnvironmentInput['loadBalancer'] };
  const about = 'security group of the load balancer';
  const letting = (rule: object) => ({
    DescribeSecurityGroups: { securityGroupInfo: [{ ...GROUP, ipPermissionsEgress: [rule] }] },
  });
  const of = async (answers: Record<string, Answer>) =>
    (await look(answers, asItIs)).find((finding) => finding.about === about);
  expect(await of(letting({ ipProtocol: '-1' }))).toMatchObject({ state: 'ok' });
  expect(await of(letting({ ipProtocol: 'tcp', fromPort: 8000, toPort: 8080 }))).toMatchObject({ state: 'ok' });
  expect(await of(letting({ ipProtocol: 'tcp', fromPort: 8080, toPort: 8080 }))).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('port 8000'),
  });
});

test.each([
  ['has one', CERTIFICATE, 'ok'],
  ['has none of the name', { ...CERTIFICATE, SubjectAlternativeNames: [] }, 'failed'],
])('checks the certificates of a listener that %s', async (_, Certificate, state) => {
  const listed = [{ CertificateArn: 'arn:aws:iam::1:server-certificate/x' }, { CertificateArn: 'arn:aws:acm:one' }];
  const findings = await look(
    { DescribeListenerCertificates: { Certificates: listed }, DescribeCertificate: { Certificate } },
    { certificate: { kind: 'listener' } },
  );
  expect(findings.find(({ about }) => about === 'certificate')).toMatchObject({ state });
});

test('reports unchecked resources to a caller who may not read them, and blocks nothing', async () => {
  const refused = Object.fromEntries(Object.keys(ACCOUNT).map((operation) => [operation, { error: 'AccessDenied' }]));
  const findings = await look(refused);
  expect(new Set(findings.map(({ state }) => state))).toEqual(new Set(['not-checked']));
  expect(findings[0]?.detail).toBe('AWS did not answer: AccessDenied');
  expect(exitCodeOf(findings)).toBe(0);
});
