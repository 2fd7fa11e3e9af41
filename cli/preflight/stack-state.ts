import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { isOver, readStackStatus } from '../../aws/stack.ts';
import { type Finding, lookedAt, ok, refused } from './finding.ts';

/** A single answer of CloudFormation takes no longer, whatever the SDK repeats. */
export const ANSWER_MS = 15_000;

/** A stack that has a change set and nothing else: nobody changes it. */
export const ONLY_REVIEWED = 'REVIEW_IN_PROGRESS';

/** In these CloudFormation takes no change until somebody has put the stack right. */
const REMEDIES: Readonly<Record<string, string>> = {
  UPDATE_ROLLBACK_FAILED:
    'Mend what its events name, then run `aws cloudformation continue-update-rollback --stack-name NAME`.',
  UPDATE_FAILED: 'Run `aws cloudformation rollback-stack --stack-name NAME`, then start again.',
  CREATE_FAILED: 'Run `aws cloudformation rollback-stack --stack-name NAME`, then start again.',
  DELETE_FAILED:
    'Run `aws cloudformation delete-stack --stack-name NAME` again, or keep what its events name with --retain-resources.',
};

/** Whether CloudFormation could change a stack now; one that is not there can be made. */
export function stackFinding(cloudformation: CloudFormationClient, about: string, name: string): Promise<Finding> {
  return lookedAt(about, async () => {
    const status = await readStackStatus(cloudformation, name, AbortSignal.timeout(ANSWER_MS));
    if (status === 'DELETE_COMPLETE') return ok(about, `${name} is not there yet`);
    const remedy = REMEDIES[status]?.replaceAll('NAME', name);
    if (remedy !== undefined) return refused(about, `${name} is ${status}`, remedy);
    if (isOver(status) || status === ONLY_REVIEWED) return ok(about, `${name} is ${status}`);
    return refused(about, `${name} is ${status}`, 'Wait until it has ended, then start again.');
  });
}
