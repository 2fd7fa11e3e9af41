import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CiConfig } from '../../config/ci.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { bootstrapRoleArns } from '../bootstrap-roles.ts';
import { DeployRole } from '../constructs/deploy-role.ts';
import { GitHubProvider } from '../constructs/github-provider.ts';
import { FoundationReader } from '../foundation-contract.ts';

/** What a repository's workflows need of the account: trust in GitHub's tokens, and a role for each of two jobs. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, config: EnvironmentConfig, ci: CiConfig, props: StackProps) {
    super(scope, id, props);
    const github = new GitHubProvider(this, 'GitHub', ci);
    const deploy = new DeployRole(this, 'Deploy', {
      config,
      foundation: new FoundationReader(this, config.namePrefix),
      assumedBy: github.jobsOfEnvironment(ci.environment),
    });
    // A pull request runs its own code: it may read templates, through the CDK's role for reading, and do nothing else.
    const diff = new Role(this, 'Diff', {
      assumedBy: github.jobsOfPullRequests(),
      description: `Compares ${config.namePrefix} with pull requests of a repository`,
    });
    diff.addToPolicy(
      new PolicyStatement({ actions: ['sts:AssumeRole'], resources: bootstrapRoleArns(this, ['lookup']) }),
    );
    new CfnOutput(this, 'DeployRoleArn', {
      value: deploy.arn,
      description: 'The variable AWS_DEPLOY_ROLE_ARN on GitHub',
    });
    new CfnOutput(this, 'DiffRoleArn', {
      value: diff.roleArn,
      description: 'The variable AWS_DIFF_ROLE_ARN on GitHub',
    });
  }
}
