import { GetPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from '../finding.ts';

const ABOUT = 'permissions boundary';

/** Whether the managed policy is there. What it allows is not looked at. */
export function permissionsBoundaryFinding(iam: IAMClient, arn: string): Promise<Finding> {
  return lookedAt(ABOUT, async () => {
    const asked = iam.send(new GetPolicyCommand({ PolicyArn: arn }));
    if (await unlessNamed(asked, 'NoSuchEntityException', 'NoSuchEntity')) return ok(ABOUT, arn);
    return misfit(ABOUT, `there is no ${arn}`, 'Mend iam.permissionsBoundary in the configuration.');
  });
}
