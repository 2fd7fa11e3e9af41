import type { RevisionRecord } from '../../contract/revision.ts';
import type { RevisionConnections } from './connect.ts';
import { findCurrent, stands } from './current.ts';
import type { RevisionRecords } from './records.ts';
import { readServicesStack } from './services-stack.ts';
import { type RevisionSummary, summaryOf } from './summary.ts';

/** JSON. */
export interface RevisionHistory {
  /** The number of the revision that the stack runs now, which may be older than those that are told. */
  readonly current: number | null;
  /** Newest first. */
  readonly revisions: readonly RevisionSummary[];
}

/**
 * The last revisions, whoever deployed them. Their templates are not read.
 *
 * @throws CommandError (3) when AWS refuses the caller, (4) when they cannot be read otherwise
 */
export async function readRevisionHistory(
  { cloudformation, records, config }: Pick<RevisionConnections, 'cloudformation' | 'records' | 'config'>,
  count: number,
): Promise<RevisionHistory> {
  const [stack, newest] = await Promise.all([readServicesStack(cloudformation, config), take(records, count)]);
  // It may be further back, when whatever was tried since has failed.
  const current = newest.find((record) => stands(record, stack)) ?? (await findCurrent(records.newestFirst(), stack));
  return { current: current?.number ?? null, revisions: newest.map((record) => summaryOf(record, { stack, current })) };
}

async function take(records: RevisionRecords, count: number): Promise<readonly RevisionRecord[]> {
  const taken: RevisionRecord[] = [];
  for await (const record of records.newestFirst()) {
    taken.push(record);
    if (taken.length === count) break;
  }
  return taken;
}
