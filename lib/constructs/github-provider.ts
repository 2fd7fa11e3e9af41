import { RemovalPolicy } from 'aws-cdk-lib';
import { OidcProviderNative, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type CiConfig, GITHUB_AUDIENCE, GITHUB_ISSUER_HOST } from '../../config/ci.ts';

/** The account's identity provider for the tokens of GitHub workflows: created, or an existing one. */
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
            // An account has only one, for all repositories: others may use it by then.
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

  /** Jobs of the repository that a pull request started, without a GitHub environment. */
  jobsOfPullRequests(): WebIdentityPrincipal {
    return this.principal('pull_request');
  }

  /** Compared exactly: an attacker could choose a name that matches a pattern. */
  private principal(context: string): WebIdentityPrincipal {
    return new WebIdentityPrincipal(this.arn, {
      StringEquals: {
        [`${GITHUB_ISSUER_HOST}:aud`]: GITHUB_AUDIENCE,
        [`${GITHUB_ISSUER_HOST}:sub`]: `repo:${this.#repository}:${context}`,
      },
    });
  }
}
