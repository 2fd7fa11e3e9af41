import { Duration, Stack } from 'aws-cdk-lib';
import { ArnPrincipal, Effect, Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { placeOf } from '../../config/rules.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { BUCKET_ACTIONS, KEY_ACTIONS } from '../../contract/bucket-actions.ts';
import * as variables from '../../contract/service-variables.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { stackName } from '../names.ts';
import { acceptWildcard, allow, bucketArn } from '../permissions.ts';

export interface DataAccessProps {
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
  /** The containers' role, which may assume the data-access role. */
  readonly taskRole: Role;
}

/** Every session must name its principal. */
const WITH_SOURCE_IDENTITY = { StringLike: { 'sts:SourceIdentity': '*' } };

/** CDK splits full policies only between statements: 20 ARNs take about 2 KB of the 6 or 10 KB of a policy. */
const ARNS_OF_A_STATEMENT = 20;

function inPortions(arns: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(arns.length / ARNS_OF_A_STATEMENT);
  return Array.from({ length: count }, (_, index) =>
    arns.slice(index * ARNS_OF_A_STATEMENT, (index + 1) * ARNS_OF_A_STATEMENT),
  );
}

/**
 * The data-access role: all that the MCP tools may do in S3, for any user. The task role may only assume it, so that every request to S3
 * uses credentials of a session that the service creates for one user, one bucket and one class of actions.
 */
export class DataAccess extends Construct {
  /** Variables that give the role's ARN to the container; a custom image gets the same. */
  readonly variables: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { config, foundation, taskRole }: DataAccessProps) {
    super(scope, id);
    const { buckets, encryptionKeyArns } = config.dataAccess;
    const role = this.role(taskRole);
    this.allowBuckets(role, config);
    if (encryptionKeyArns.length > 0) this.allowKeys(role, config);
    this.denyOwnBuckets(role, config, foundation.get('revision-bucket-name'));
    // A separate policy, so that a dependency on this construct includes the permission to assume the role.
    new Policy(this, 'Assume', {
      roles: [taskRole],
      statements: [
        new PolicyStatement({ actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'], resources: [role.roleArn] }),
      ],
    });
    this.variables = {
      [variables.QUILT_DATA_ROLE_ARN]: role.roleArn,
      [variables.QUILT_DATA_BUCKETS]: buckets.join(','),
    };
  }

  private role(taskRole: Role): Role {
    const taker = new ArnPrincipal(taskRole.roleArn);
    const role = new Role(this, 'Role', {
      description: 'What the tools of the MCP service may do with buckets, one person and one bucket at a time',
      assumedBy: taker.withConditions(WITH_SOURCE_IDENTITY),
      // The maximum for role chaining.
      maxSessionDuration: Duration.hours(1),
    });
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({
        actions: ['sts:SetSourceIdentity'],
        principals: [taker],
        conditions: WITH_SOURCE_IDENTITY,
      }),
    );
    return role;
  }

  /** Allows buckets only in the listed accounts: anyone can create a bucket under a name that was released. */
  private allowBuckets(role: Role, { account, dataAccess }: EnvironmentConfig): void {
    const { read, write } = BUCKET_ACTIONS;
    const conditions = { StringEquals: { 's3:ResourceAccount': [account, ...dataAccess.accounts] } };
    const buckets = dataAccess.buckets.map((bucket) => bucketArn(this, bucket));
    const objects = buckets.map((bucket) => `${bucket}/*`);
    const allowInPortions = (actions: readonly string[], arns: readonly string[]) => {
      for (const resources of inPortions(arns)) allow(role, actions, resources, conditions);
    };
    allowInPortions([...read.bucket, ...write.bucket], buckets);
    allowInPortions([...read.objects, ...write.objects], objects);
    for (const resource of [...buckets, ...objects]) {
      if (!resource.includes('*')) continue;
      acceptWildcard(
        role,
        resource,
        'People name their objects, and the configuration may name buckets by how they begin; each session is for one bucket.',
      );
    }
  }

  private allowKeys(role: Role, { region, dataAccess: { encryptionKeyArns: keys } }: EnvironmentConfig): void {
    // Keys are in the region of their bucket, and so in the same partition.
    const { domainSuffix } = RegionInfo.get(region);
    const services = keys.map((key) => `s3.${placeOf(key).region}.${domainSuffix}`);
    allow(role, [...new Set([...KEY_ACTIONS.read, ...KEY_ACTIONS.write])], keys, {
      StringEquals: { 'kms:ViaService': [...new Set(services)] },
    });
  }

  /**
   * Denies the deployment's own buckets and those that the CDK deploys from, even if a pattern such as `quilt-*` matches their names:
   * anyone who could write a template there could deploy it.
   */
  private denyOwnBuckets(role: Role, config: EnvironmentConfig, revisionBucket: string): void {
    const { synthesizer } = Stack.of(this);
    // CloudFormation starts generated names with the name of the stack.
    const names = [
      revisionBucket,
      `${stackName(config, 'foundation')}-*`,
      `cdk-${synthesizer.bootstrapQualifier}-assets-*`,
    ];
    const buckets = names.map((name) => bucketArn(this, name));
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ['s3:*'],
        resources: [...buckets, ...buckets.map((bucket) => `${bucket}/*`)],
      }),
    );
  }
}
