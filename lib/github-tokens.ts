/** Who signs the tokens of GitHub's workflows, as IAM names it: without a scheme. */
export const GITHUB_ISSUER_HOST = 'token.actions.githubusercontent.com';
/** Whom the tokens are meant for that `configure-aws-credentials` asks for. */
export const GITHUB_AUDIENCE = 'sts.amazonaws.com';
