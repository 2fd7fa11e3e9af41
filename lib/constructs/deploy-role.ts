import { Stack } from 'aws-cdk-lib';
import { type IPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { deployPermissions } from '../deploy-permissions.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { acceptWildcard, allow, allowRotationStatus, allowState } from '../permissions.ts';

interface DeployRoleProps {
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
  /** Who may assume the role. */
  readonly assumedBy: IPrincipal;
}

/** A role that deploys, rolls back and checks: through the CDK's own roles, and with the permissions of `bin/quiltctl` itself. */
export class DeployRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { config, foundation, assumedBy }: DeployRoleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy,
      description: `Deploys ${config.namePrefix} from the workflows of a repository`,
    });
    this.arn = role.roleArn;
    allow(
      role,
      ['sts:AssumeRole'],
      bootstrapRoleArns(Stack.of(this), ['deploy', 'file-publishing', 'image-publishing', 'lookup']),
    );
    for (const { actions, resources, wildcard } of deployPermissions(this, config, foundation)) {
      allow(role, actions, resources);
      for (const resource of resources)
        if (wildcard && resource.includes('*')) acceptWildcard(role, resource, wildcard);
    }
    allowState(role, foundation, ['GetItem'], ['lock', 'rotation', 'revision']);
    allowState(role, foundation, ['Query'], ['revision', 'canary', 'lock']);
    allowState(role, foundation, ['PutItem', 'DeleteItem'], ['announcement']);
    allowRotationStatus(role, config);
  }
}

/** Roles of the CDK's bootstrap stack that its CLI assumes. */
type BootstrapRole = 'deploy' | 'file-publishing' | 'image-publishing' | 'lookup';

/**
 * The ARNs of roles that `cdk bootstrap` created in a stack's account and region.
 * https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html#bootstrapping-env-roles
 */
export function bootstrapRoleArns(stack: Stack, roles: readonly BootstrapRole[]): string[] {
  const { account, region, synthesizer } = stack;
  return roles.map((role) =>
    stack.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `cdk-${synthesizer.bootstrapQualifier}-${role}-role-${account}-${region}`,
    }),
  );
}
