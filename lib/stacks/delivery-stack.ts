import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CiConfig } from '../../config/ci.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { bootstrapRoleArns, DeployRole } from '../constructs/deploy-role.ts';
import { GitHubProvider } from '../constructs/github-provider.ts';
import { FoundationReader } from '../foundation-contract.ts';
import { allow } from '../permissions.ts';

/** What a repository's workflows need in the account: an identity provider for GitHub's tokens, and a role for each of two jobs. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, config: EnvironmentConfig, ci: CiConfig, props: StackProps) {
    super(scope, id, props);
    const github = new GitHubProvider(this, 'GitHub', ci);
    const deploy = new DeployRole(this, 'Deploy', {
      config,
      foundation: new FoundationReader(this, config.namePrefix),
      assumedBy: github.jobsOfEnvironment(ci.environment),
    });
    new CfnOutput(this, 'DeployRoleArn', {
      value: deploy.arn,
      description: 'The variable AWS_DEPLOY_ROLE_ARN on GitHub',
    });
    if (ci.pullRequestDiffs) this.addDiffRole(config, github);
  }

  /** A pull request runs its own code with this role: it may only assume the CDK's lookup role. */
  private addDiffRole(config: EnvironmentConfig, github: GitHubProvider): void {
    const diff = new Role(this, 'Diff', {
      assumedBy: github.jobsOfPullRequests(),
      description: `Compares ${config.namePrefix} with pull requests of a repository`,
    });
    allow(diff, ['sts:AssumeRole'], bootstrapRoleArns(this, ['lookup']));
    new CfnOutput(this, 'DiffRoleArn', {
      value: diff.roleArn,
      description: 'The variable AWS_DIFF_ROLE_ARN on GitHub',
    });
  }
}
