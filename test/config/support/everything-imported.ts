import { defaultRoles } from '../../../auth/default-roles.ts';
import type { EnvironmentInput } from '../../../config/schema.ts';

/** An account in which everything exists already. */
export const everythingImported: EnvironmentInput = {
  account: '111122223333',
  region: 'us-east-1',
  namePrefix: 'quilt',

  hostName: 'quilt.example.org',
  dns: { kind: 'hosted-zone', hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.org' },
  certificate: {
    kind: 'import',
    arn: 'arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000001',
  },

  vpc: {
    kind: 'import',
    vpcId: 'vpc-0123456789abcdef0',
    cidr: '10.20.0.0/16',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  },
  loadBalancer: {
    kind: 'import',
    scheme: 'internet-facing',
    listenerArn:
      'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/shared/0123456789abcdef/fedcba9876543210',
    securityGroupId: 'sg-0123456789abcdef0',
    addEgress: true,
    dnsName: 'shared-1234567890.us-east-1.elb.amazonaws.com',
    canonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
    rulePriorities: { mcp: 310, catalog: 320 },
  },
  cluster: { kind: 'import', name: 'shared' },

  iam: { permissionsBoundary: 'arn:aws:iam::111122223333:policy/workloads', rolePath: '/quilt/' },
  encryptionKey: { kind: 'import', arn: 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000002' },
  signingSecretParameter: '/shared/quilt/jwt-secret',
  keySetParameter: '/shared/quilt/jwt-verification-keys',

  registryUrl: 'https://registry.example.org',
  roles: defaultRoles('quilt-production', ['quilt-example-public']),

  dataAccess: {
    buckets: ['example-genomes', 'example-results-*'],
    accounts: ['444455556666'],
    encryptionKeyArns: ['arn:aws:kms:us-east-1:444455556666:key/0a1b2c3d-0000-4000-8000-000000000003'],
  },

  services: {
    catalog: {
      image: {
        kind: 'reference',
        uri: '444455556666.dkr.ecr.us-east-1.amazonaws.com/quilt/catalog@sha256:1111111111111111111111111111111111111111111111111111111111111111',
      },
    },
    mcp: {
      image: {
        kind: 'reference',
        uri: '444455556666.dkr.ecr.us-east-1.amazonaws.com/quilt/mcp@sha256:2222222222222222222222222222222222222222222222222222222222222222',
        platform: 'linux/arm64',
      },
      port: 8000,
      healthPath: '/healthz',
      path: '/mcp/',
      environment: { FASTMCP_TRANSPORT: 'streamable-http', FASTMCP_HOST: '0.0.0.0', FASTMCP_PORT: '8000' },
      writablePaths: ['/tmp'],
    },
  },

  logGroups: { kind: 'import', catalog: '/ecs/quilt-catalog', mcp: '/ecs/quilt-mcp' },
  operations: { topic: { kind: 'import', arn: 'arn:aws:sns:us-east-1:444455556666:platform-alarms' } },
};
