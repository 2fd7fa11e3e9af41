import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.ts';
import { parseEcrUri } from '../config/service.ts';
import { REVISION_TEMPLATES } from '../contract/revision.ts';
import type { FoundationReader } from './foundation-contract.ts';
import { foundationParameterName } from './foundation-values.ts';
import { canaryFunctionArn, clusterName, PREPARED_TEMPLATES, type StackPart } from './names.ts';
import { bucketArn, stackArn } from './permissions.ts';

/** AWS calls of `bin/quiltctl`, in addition to those of the CDK's own roles. */
export interface DeployPermission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The reason for a wildcard in a resource. */
  readonly wildcard?: string;
}

const STACK_ID =
  'CloudFormation ends the ARN of a stack with an ID that is not known before it is made; the name is given.';
const OBJECTS =
  'Templates have the number of their revision or their hash as name; the bucket holds nothing else below it.';
const NO_RESOURCE = 'IAM knows no resource for this action, which only describes.';

/**
 * Calls of `bin/quiltctl` deploy, rollback, history, show, diff and canary with the credentials of their caller. Items of the state table
 * and executions of the rotation have separate statements.
 *
 * @param scope - in the stack of the role
 */
export function deployPermissions(
  scope: Construct,
  config: EnvironmentConfig,
  foundation: FoundationReader,
): readonly DeployPermission[] {
  return [
    ...stacks(scope, config),
    ...templates(scope, foundation),
    ...parameters(scope, config),
    { actions: ['lambda:InvokeFunction'], resources: [canaryFunctionArn(config)] },
    { actions: ['ecr:BatchGetImage'], resources: imageRepositories(scope, config) },
    {
      actions: ['elasticloadbalancing:DescribeRules'],
      resources: ['*'],
      wildcard: NO_RESOURCE,
    },
    ...imported(scope, config),
  ];
}

function stacks(scope: Construct, config: EnvironmentConfig): readonly DeployPermission[] {
  const arnOf = (part: StackPart) => stackArn(scope, config, part);
  const parts: readonly StackPart[] = ['foundation', 'trust', 'services', 'operations', 'delivery'];
  return [
    { actions: ['cloudformation:DescribeStacks'], resources: parts.map(arnOf), wildcard: STACK_ID },
    {
      actions: [
        'cloudformation:CreateChangeSet',
        'cloudformation:DeleteChangeSet',
        'cloudformation:DescribeChangeSet',
        'cloudformation:DescribeStackEvents',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:ListChangeSets',
        'cloudformation:ListStackResources',
      ],
      resources: [arnOf('services')],
      wildcard: STACK_ID,
    },
  ];
}

/** CloudFormation reads the template of a rollback as the caller: exactly that version. */
function templates(scope: Construct, foundation: FoundationReader): readonly DeployPermission[] {
  const bucket = foundation.get('revision-bucket-name');
  const objects = (prefix: string) => bucketArn(scope, bucket, `${prefix}*`);
  return [
    { actions: ['s3:GetObject'], resources: [objects(REVISION_TEMPLATES)], wildcard: OBJECTS },
    {
      actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
      resources: [objects(PREPARED_TEMPLATES)],
      wildcard: OBJECTS,
    },
  ];
}

/** CloudFormation reads the parameters of a template as the caller, all in one call. */
function parameters(scope: Construct, { namePrefix }: EnvironmentConfig): readonly DeployPermission[] {
  const arnOf = (name: string) => Stack.of(scope).formatArn({ service: 'ssm', resource: `parameter${name}` });
  const { bootstrapQualifier } = Stack.of(scope).synthesizer;
  return [
    {
      actions: ['ssm:GetParameter', 'ssm:GetParameters'],
      resources: [
        arnOf(foundationParameterName(namePrefix, 'vpc-id').replace(/[^/]+$/, '*')),
        arnOf(`/cdk-bootstrap/${bootstrapQualifier}/version`),
      ],
      wildcard: "Foundation's contract: names and IDs, and nothing that is secret.",
    },
  ];
}

/** The repositories of the current images, and of those that the CDK built for earlier revisions. */
function imageRepositories(scope: Construct, { account, region, services }: EnvironmentConfig): readonly string[] {
  const stack = Stack.of(scope);
  const repository = (resourceName: string, place: { readonly account: string; readonly region: string }) =>
    stack.formatArn({ service: 'ecr', resource: 'repository', resourceName, ...place });
  const given = Object.values(services).flatMap(({ image }) => {
    const ecr = image.kind === 'reference' ? parseEcrUri(image.uri) : undefined;
    return ecr ? [repository(ecr.repository, ecr)] : [];
  });
  const built = `cdk-${stack.synthesizer.bootstrapQualifier}-container-assets-${account}-${region}`;
  return [...new Set([repository(built, { account, region }), ...given])];
}

/** The resources that the preflight checks. */
function imported(scope: Construct, config: EnvironmentConfig): readonly DeployPermission[] {
  const { vpc, cluster, loadBalancer, certificate, dns, encryptionKey, iam, logGroups, operations, ci } = config;
  const stack = Stack.of(scope);
  const one = (action: string, resource: string): DeployPermission => ({ actions: [action], resources: [resource] });
  const any = (...actions: readonly string[]): DeployPermission => ({
    actions,
    resources: ['*'],
    wildcard: NO_RESOURCE,
  });
  const clusterArn = stack.formatArn({ service: 'ecs', resource: 'cluster', resourceName: clusterName(config) });
  const zoneArn = (resourceName: string) =>
    stack.formatArn({ service: 'route53', region: '', account: '', resource: 'hostedzone', resourceName });
  const { topic } = operations;
  return [
    ...(vpc.kind === 'import' ? [any('ec2:DescribeSubnets', 'ec2:DescribeVpcs')] : []),
    ...(cluster.kind === 'import' ? [one('ecs:DescribeClusters', clusterArn)] : []),
    ...(loadBalancer.kind === 'import'
      ? [
          any(
            'ec2:DescribeSecurityGroups',
            'elasticloadbalancing:DescribeListeners',
            'elasticloadbalancing:DescribeLoadBalancers',
          ),
        ]
      : []),
    ...(certificate.kind === 'import' ? [one('acm:DescribeCertificate', certificate.arn)] : []),
    ...(certificate.kind === 'listener'
      ? [
          any('elasticloadbalancing:DescribeListenerCertificates'),
          {
            actions: ['acm:DescribeCertificate'],
            resources: [stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: '*' })],
            wildcard: 'The listener says which certificates it has; the action only describes.',
          },
        ]
      : []),
    ...(dns.kind === 'hosted-zone' ? [one('route53:GetHostedZone', zoneArn(dns.hostedZoneId))] : []),
    ...(encryptionKey.kind === 'import' ? [one('kms:DescribeKey', encryptionKey.arn)] : []),
    ...(iam.permissionsBoundary ? [one('iam:GetPolicy', iam.permissionsBoundary)] : []),
    ...(logGroups.kind === 'import' ? [any('logs:DescribeLogGroups')] : []),
    ...(topic.kind === 'import' ? [one('sns:GetTopicAttributes', topic.arn)] : []),
    ...(ci?.oidcProvider.kind === 'import' ? [one('iam:GetOpenIDConnectProvider', ci.oidcProvider.arn)] : []),
  ];
}
