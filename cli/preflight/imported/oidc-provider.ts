import { GetOpenIDConnectProviderCommand, type IAMClient } from '@aws-sdk/client-iam';
import { GITHUB_AUDIENCE, GITHUB_ISSUER_HOST } from '../../../config/ci.ts';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from '../finding.ts';

const ABOUT = 'OIDC provider of GitHub';

/** Whether the account knows GitHub's tokens, and takes those that are meant for AWS. */
export function oidcProviderFinding(iam: IAMClient, arn: string): Promise<Finding> {
  return lookedAt(ABOUT, async () => {
    const asked = iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    const provider = await unlessNamed(asked, 'NoSuchEntityException', 'NoSuchEntity');
    if (provider === undefined) {
      return misfit(
        ABOUT,
        `there is no ${arn}`,
        "Mend ci.oidcProvider in the configuration, or write { kind: 'create' }.",
      );
    }
    if (provider.Url !== GITHUB_ISSUER_HOST) {
      return misfit(ABOUT, `it is for ${provider.Url}, not for ${GITHUB_ISSUER_HOST}`, 'Name that of GitHub.');
    }
    if (provider.ClientIDList?.includes(GITHUB_AUDIENCE)) return ok(ABOUT, arn);
    return misfit(ABOUT, `it does not take tokens for ${GITHUB_AUDIENCE}`, 'Add that audience to the provider.');
  });
}
