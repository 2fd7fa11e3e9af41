import type { Stack } from 'aws-cdk-lib';

/** The roles of the CDK's own stack that its CLI takes. */
export type BootstrapRole = 'deploy' | 'file-publishing' | 'image-publishing' | 'lookup';

/**
 * The ARNs of roles that `cdk bootstrap` has made in a stack's account and region.
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
