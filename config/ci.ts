import { z } from 'zod';
import { kinds, rule, section, text } from './rules.ts';

/** The issuer of the tokens of GitHub's workflows, as IAM names it: without a scheme. */
export const GITHUB_ISSUER_HOST = 'token.actions.githubusercontent.com';
/** The audience of the tokens that `configure-aws-credentials` requests. */
export const GITHUB_AUDIENCE = 'sts.amazonaws.com';

/** With `_` for an owner of Enterprise Managed Users. */
const OWNER = '[A-Za-z0-9][A-Za-z0-9_-]{0,38}';
const NAME = '[A-Za-z0-9._-]{1,100}';

const oidcProvider = kinds('An OIDC provider is of kind', {
  create: {},
  import: {
    arn: text(
      new RegExp(`^arn:aws[a-z-]*:iam::\\d{12}:oidc-provider/${GITHUB_ISSUER_HOST.replaceAll('.', '\\.')}$`),
      rule(
        'The OIDC provider is given by its ARN, and is that of github.com',
        `Write arn:aws:iam::<account>:oidc-provider/${GITHUB_ISSUER_HOST}`,
      ),
    ),
  },
});

/** A repository on GitHub whose workflows may deploy. */
export const ciSchema = section({
  /**
   * As the subject of its tokens begins. Repositories of recent years have immutable subjects, with the numbers of owner and
   * repository: `example@123456/quilt-deployment@456789`.
   * https://docs.github.com/en/actions/reference/security/oidc
   */
  repository: text(
    new RegExp(`^(${OWNER}/${NAME}|${OWNER}@\\d{1,20}/${NAME}@\\d{1,20})$`),
    rule(
      'A repository is given by owner and name, both with their numbers or both without',
      'Write a name such as example/quilt-deployment or example@123456/quilt-deployment@456789',
    ),
  ),
  /** The GitHub environment whose jobs may deploy: it is there that approval is demanded. */
  environment: text(
    /^(?! )[\w ./-]{1,255}(?<! )$/,
    rule(
      'A GitHub environment is named with letters, digits, blanks and _ . / -',
      "Write the name of the deploy job's environment",
    ),
  ).default('production'),
  /**
   * Whether pull requests may be compared with the account. Anyone who may push a branch can then read what the CDK's lookup role
   * reads, which is nearly everything but secrets.
   */
  pullRequestDiffs: z
    .boolean(rule('Pull requests are compared with the account or not', 'Write true or false'))
    .default(false),
  /** What makes the account believe GitHub. An account has one for all of its repositories. */
  oidcProvider: oidcProvider.default({ kind: 'create' }),
});
export type CiConfig = z.output<typeof ciSchema>;
