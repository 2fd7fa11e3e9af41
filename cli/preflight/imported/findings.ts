import { EMULATOR_ACCOUNT } from '../../../config/emulator.ts';
import type { EnvironmentConfig } from '../../../config/schema.ts';
import type { PreflightClients } from '../clients.ts';
import { type Finding, notChecked } from '../finding.ts';
import { certificateFinding, listenerCertificateFinding } from './certificate.ts';
import { clusterFinding } from './cluster.ts';
import { encryptionKeyFinding } from './encryption-key.ts';
import { hostedZoneFinding } from './hosted-zone.ts';
import { loadBalancerFindings } from './load-balancer.ts';
import { logGroupFinding } from './log-groups.ts';
import { oidcProviderFinding } from './oidc-provider.ts';
import { permissionsBoundaryFinding } from './permissions-boundary.ts';
import { securityGroupFinding } from './security-group.ts';
import { topicFinding } from './topic.ts';
import { vpcFindings } from './vpc.ts';

/** Whether everything that the configuration brings along is there, and is what the configuration says that it is. */
export function importedFindings(clients: PreflightClients, config: EnvironmentConfig): Promise<readonly Finding[]> {
  const { vpc, cluster, dns, encryptionKey, iam, logGroups, operations, ci } = config;
  const { topic } = operations;
  return Promise.all([
    ...(vpc.kind === 'import' ? vpcFindings(clients.ec2, vpc) : []),
    ...(cluster.kind === 'import' ? [clusterFinding(clients.ecs, cluster.name)] : []),
    ...loadBalancerAndGroup(clients, config),
    ...certificate(clients, config),
    ...(dns.kind === 'hosted-zone' ? [hostedZoneFinding(clients.route53, dns)] : []),
    ...(encryptionKey.kind === 'import' ? [encryptionKeyFinding(clients.kms, encryptionKey.arn)] : []),
    ...(iam.permissionsBoundary ? [permissionsBoundaryFinding(clients.iam, iam.permissionsBoundary)] : []),
    ...(logGroups.kind === 'import'
      ? [...new Set([logGroups.catalog, logGroups.mcp])].map((name) => logGroupFinding(clients.logs, name))
      : []),
    ...(topic.kind === 'import' ? [topicFinding(clients.sns, topic.arn)] : []),
    ...(ci?.oidcProvider.kind === 'import' ? [oidcProviderFinding(clients.iam, ci.oidcProvider.arn)] : []),
  ]);
}

function loadBalancerAndGroup(
  { ec2, elbv2 }: PreflightClients,
  { loadBalancer, vpc, services }: EnvironmentConfig,
): readonly Promise<Finding>[] {
  if (loadBalancer.kind !== 'import') return [];
  const vpcId = vpc.kind === 'import' ? vpc.vpcId : undefined;
  const ports = loadBalancer.addEgress ? [] : [...new Set([services.catalog.port, services.mcp.port])];
  return [
    ...loadBalancerFindings(elbv2, loadBalancer, vpcId),
    securityGroupFinding(ec2, { id: loadBalancer.securityGroupId, vpcId, ports }),
  ];
}

function certificate(
  clients: PreflightClients,
  { account, certificate, hostName, loadBalancer }: EnvironmentConfig,
): readonly Promise<Finding>[] {
  if (certificate.kind === 'create') return [];
  if (account === EMULATOR_ACCOUNT) return [Promise.resolve(notChecked('certificate', 'the emulator serves no TLS'))];
  if (certificate.kind === 'import') return [certificateFinding(clients.acm, certificate.arn, hostName)];
  // Only an imported listener can have it already, as the configuration's own rules say.
  return loadBalancer.kind === 'import'
    ? [listenerCertificateFinding(clients, loadBalancer.listenerArn, hostName)]
    : [];
}
