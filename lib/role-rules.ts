import { Aspects, CfnResource, type IAspect } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.ts';

/**
 * Gives every role below `scope` the permissions boundary and the path that the account demands. By the type of the resource, so
 * that the roles that CDK makes for its own functions, which are no `CfnRole`, have them too.
 */
export function applyRoleRules(scope: IConstruct, { iam }: EnvironmentConfig): void {
  if (iam.permissionsBoundary === undefined && iam.rolePath === undefined) return;
  Aspects.of(scope).add(new RoleRules(iam));
}

class RoleRules implements IAspect {
  readonly #rules: EnvironmentConfig['iam'];

  constructor(rules: EnvironmentConfig['iam']) {
    this.#rules = rules;
  }

  visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node) || node.cfnResourceType !== CfnRole.CFN_RESOURCE_TYPE_NAME) return;
    const { permissionsBoundary, rolePath } = this.#rules;
    if (permissionsBoundary !== undefined) node.addPropertyOverride('PermissionsBoundary', permissionsBoundary);
    if (rolePath !== undefined) node.addPropertyOverride('Path', rolePath);
  }
}
