import { defaultRoles } from '../auth/default-roles.ts';
import { bundleDigest } from './bundles.ts';
import type { CheckedContext } from './context.ts';
import { EMULATOR_ACCOUNT } from './emulator.ts';
import type { EnvironmentInput } from './schema.ts';

/** Where a front proxy and a registry would be; a local run chooses free ports and says so with `-c`. */
const PUBLIC_URL = 'http://127.0.0.1:8443';
const REGISTRY_URL = 'http://127.0.0.1:8444';

/** The grace time of a rotation lasts as long as a token lives, so that here a whole rotation can be watched. */
const TOKEN_LIFETIME_SECONDS = 60;

/**
 * This machine: the emulator's account, and services that run as processes of this clone's bundles. Everything else is as in
 * a real account, since what is proved here is the same template.
 */
export function local({
  publicUrl = PUBLIC_URL,
  registryUrl = REGISTRY_URL,
  tokenLifetime = TOKEN_LIFETIME_SECONDS,
  ...images
}: CheckedContext): EnvironmentInput {
  return {
    account: EMULATOR_ACCOUNT,
    region: 'us-east-1',
    // The front proxy keeps the Host header, and the listener's rules compare it.
    hostName: new URL(publicUrl).hostname,
    publicUrl,
    dns: { kind: 'outside' },
    // TLS ends at the front proxy, so this certificate is never presented; the listener's template still requires one.
    certificate: {
      kind: 'import',
      arn: `arn:aws:acm:us-east-1:${EMULATOR_ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000`,
    },
    vpc: { kind: 'create', availabilityZones: ['us-east-1a', 'us-east-1b'] },
    loadBalancer: { kind: 'create', scheme: 'internet-facing' },
    registryUrl,
    roles: defaultRoles('local', ['quilt-local-genomes']),
    // Those that the local registry lists.
    dataAccess: { buckets: ['quilt-local-*'] },
    tokenLifetimeSeconds: tokenLifetime,
    // One clock.
    tokenLeewaySeconds: 5,
    services: {
      catalog: { image: { kind: 'reference', uri: images.catalogImage ?? imageOf('catalog') } },
      mcp: { image: { kind: 'reference', uri: images.mcpImage ?? imageOf('mcp') } },
    },
    canary: { connect: 'public-url' },
    rotation: { rollOutMinutes: 1 },
    logRetentionDays: 1,
    terminationProtection: false,
  };
}

function imageOf(service: 'catalog' | 'mcp'): string {
  return `quilt.local/${service}@sha256:${bundleDigest(service)}`;
}
