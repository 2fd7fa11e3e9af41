import { defaultRoles } from '../auth/default-roles.ts';
import type { EnvironmentInput } from './schema.ts';

/** An example of a real account, to be copied or filled in: every value here is a placeholder. */
export const production: EnvironmentInput = {
  account: '111122223333',
  region: 'us-east-1',

  hostName: 'quilt.example.org',
  dns: { kind: 'hosted-zone', hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.org' },
  certificate: { kind: 'create' },

  vpc: { kind: 'create', availabilityZones: ['us-east-1a', 'us-east-1b'], natGateways: 2 },
  loadBalancer: { kind: 'create', scheme: 'internet-facing' },

  registryUrl: 'https://registry.example.org',
  roles: defaultRoles('quilt-production', ['quilt-example-public']),

  dataAccess: { buckets: ['quilt-example-*'] },

  services: {
    catalog: { image: { kind: 'build', platform: 'linux/amd64' } },
    mcp: { image: { kind: 'build', platform: 'linux/amd64' }, cpu: 512, memoryMiB: 1024 },
  },

  logRetentionDays: 365,
};
