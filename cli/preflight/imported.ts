import { type CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeClustersCommand, type ECSClient } from '@aws-sdk/client-ecs';
import { GetOpenIDConnectProviderCommand, GetPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import { GITHUB_AUDIENCE, GITHUB_ISSUER_HOST } from '../../config/ci.ts';
import { EMULATOR_ACCOUNT } from '../../config/emulator.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { undefinedOn } from '../aws-failure.ts';
import type { PreflightClients } from './clients.ts';
import { check, type Finding, invalid, notChecked, ok } from './finding.ts';
import { certificateFinding, hostedZoneFinding, listenerCertificateFinding } from './imported-domain.ts';
import { loadBalancerFindings, securityGroupFinding, vpcFindings } from './imported-network.ts';

/** Whether every imported resource exists and matches the configuration. */
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
  if (account === EMULATOR_ACCOUNT)
    return [Promise.resolve({ about: 'certificate', ...notChecked('the emulator serves no TLS') })];
  if (certificate.kind === 'import') return [certificateFinding(clients.acm, certificate.arn, hostName)];
  // By the rules of the configuration, only an imported listener can have it already.
  return loadBalancer.kind === 'import'
    ? [listenerCertificateFinding(clients, loadBalancer.listenerArn, hostName)]
    : [];
}

/** Whether the cluster exists and is active. */
function clusterFinding(ecs: ECSClient, name: string): Promise<Finding> {
  return check('ECS cluster', async () => {
    const { clusters: [cluster] = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [name] }));
    if (cluster?.status === 'ACTIVE') return ok(name);
    const state = cluster === undefined ? `${name} does not exist` : `${name} is ${cluster.status}`;
    return invalid(state, 'Fix cluster.name in the configuration, or create the cluster.');
  });
}

/** Whether Parameter Store can encrypt with the key: enabled and symmetric. Its policy is not checked. */
function encryptionKeyFinding(kms: KMSClient, arn: string): Promise<Finding> {
  return check('encryption key', async () => {
    const asked = kms.send(new DescribeKeyCommand({ KeyId: arn }));
    const key = (await undefinedOn(asked, 'NotFoundException'))?.KeyMetadata;
    if (key === undefined) return invalid('it does not exist', 'Fix encryptionKey.arn in the configuration.');
    const { KeyState, KeySpec, KeyUsage } = key;
    if (KeyState !== 'Enabled') return invalid(`its state is ${KeyState}`, 'Enable it, or use another key.');
    if (KeySpec === 'SYMMETRIC_DEFAULT' && KeyUsage === 'ENCRYPT_DECRYPT') return ok('enabled, symmetric');
    const remedy = 'Use a symmetric encryption key; Parameter Store supports no other.';
    return invalid(`it is a ${KeySpec} key for ${KeyUsage}`, remedy);
  });
}

/** Whether a log group exists. */
function logGroupFinding(logs: CloudWatchLogsClient, name: string): Promise<Finding> {
  const about = `log group ${name}`;
  return check(about, async () => {
    // CloudWatch Logs searches by prefix only.
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix: name })) {
      if (logGroups.some(({ logGroupName }) => logGroupName === name)) return ok('exists');
    }
    return invalid('does not exist', 'Fix logGroups in the configuration, or create it.');
  });
}

/** Whether the provider is GitHub's, and accepts tokens for AWS. */
function oidcProviderFinding(iam: IAMClient, arn: string): Promise<Finding> {
  return check('OIDC provider of GitHub', async () => {
    const asked = iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    const provider = await undefinedOn(asked, 'NoSuchEntityException', 'NoSuchEntity');
    if (provider === undefined) {
      return invalid(`${arn} does not exist`, "Fix ci.oidcProvider in the configuration, or write { kind: 'create' }.");
    }
    if (provider.Url !== GITHUB_ISSUER_HOST) {
      return invalid(`it is for ${provider.Url}, not for ${GITHUB_ISSUER_HOST}`, 'Use the OIDC provider of GitHub.');
    }
    if (provider.ClientIDList?.includes(GITHUB_AUDIENCE)) return ok(arn);
    return invalid(`it does not accept tokens for ${GITHUB_AUDIENCE}`, 'Add that audience to the provider.');
  });
}

/** Whether the managed policy exists. Its statements are not checked. */
function permissionsBoundaryFinding(iam: IAMClient, arn: string): Promise<Finding> {
  return check('permissions boundary', async () => {
    const asked = iam.send(new GetPolicyCommand({ PolicyArn: arn }));
    if (await undefinedOn(asked, 'NoSuchEntityException', 'NoSuchEntity')) return ok(arn);
    return invalid(`${arn} does not exist`, 'Fix iam.permissionsBoundary in the configuration.');
  });
}

/** Whether the topic exists. Its policy is not checked. */
function topicFinding(sns: SNSClient, arn: string): Promise<Finding> {
  return check('alarm topic', async () => {
    const asked = sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
    if (await undefinedOn(asked, 'NotFoundException', 'NotFound')) return ok(arn);
    return invalid(`${arn} does not exist`, 'Fix operations.topic in the configuration, or create it.');
  });
}
