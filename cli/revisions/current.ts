import type { RevisionRecord } from '../../contract/revision.ts';
import type { ServicesStack } from './services-stack.ts';

/** Whether a revision is one of the stack that there is now: after a destruction none of those before runs. */
export function isOf(stack: ServicesStack | undefined, { stackArn }: RevisionRecord): boolean {
  return stack !== undefined && stackArn === stack.arn;
}

/** Whether what was deployed was left there, in the stack that there is now. */
export function stands(record: RevisionRecord, stack: ServicesStack | undefined): boolean {
  return (record.verdict === 'good' || record.verdict === 'unverified') && isOf(stack, record);
}

/**
 * The revision that the stack runs now: the newest one that stands. While one is being deployed that is still the one before it.
 *
 * @param revisions - newest first
 */
export async function findCurrent(
  revisions: AsyncIterable<RevisionRecord>,
  stack: ServicesStack | undefined,
): Promise<RevisionRecord | undefined> {
  if (stack === undefined) return undefined;
  for await (const revision of revisions) {
    if (stands(revision, stack)) return revision;
  }
  return undefined;
}
