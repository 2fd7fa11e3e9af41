import { RemovalPolicy } from 'aws-cdk-lib';
import { OidcProviderNative, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type CiConfig, GITHUB_AUDIENCE, GITHUB_ISSUER_HOST } from '../../config/ci.ts';

/** What makes the account believe the tokens of GitHub's workflows: made, or the one that it has. */
export class GitHubProvider extends Construct {
  readonly arn: string;
  readonly #repository: string;

  constructor(scope: Construct, id: string, { repository, oidcProvider }: CiConfig) {
    super(scope, id);
    this.#repository = repository;
    this.arn =
      oidcProvider.kind === 'import'
        ? oidcProvider.arn
        : new OidcProviderNative(this, 'Provider', {
            url: `https://${GITHUB_ISSUER_HOST}`,
            clientIds: [GITHUB_AUDIENCE],
            // An account has one, for all of its repositories: others may rely on it by then.
            removalPolicy: RemovalPolicy.RETAIN,
          }).oidcProviderArn;
  }

  /**
   * Jobs of the repository that run in a GitHub environment.
   * https://docs.github.com/en/actions/reference/security/oidc#filtering-for-a-specific-environment
   */
  jobsOfEnvironment(environment: string): WebIdentityPrincipal {
    return this.principal(`environment:${environment}`);
  }

  /** Jobs of the repository that a pull request has started, and that have no GitHub environment. */
  jobsOfPullRequests(): WebIdentityPrincipal {
    return this.principal('pull_request');
  }

  /** Compared as a whole: a pattern would let in what somebody names to fit it. */
  private principal(context: string): WebIdentityPrincipal {
    return new WebIdentityPrincipal(this.arn, {
      StringEquals: {
        [`${GITHUB_ISSUER_HOST}:aud`]: GITHUB_AUDIENCE,
        [`${GITHUB_ISSUER_HOST}:sub`]: `repo:${this.#repository}:${context}`,
      },
    });
  }
}
