import type { RevisionRecord } from '../../../lambda/shared/revision-record.ts';
import { CommandError, EXIT } from '../../exit-codes.ts';
import { type Finding, ok, refused } from '../../preflight/finding.ts';
import { stands } from '../current.ts';
import { noSuchRevision } from '../numbers.ts';
import type { RevisionRecords } from '../records.ts';
import type { ServicesStack } from '../services-stack.ts';

/** From where to where. */
export interface Way {
  /** The revision that the stack runs now. */
  readonly current: RevisionRecord;
  readonly target: RevisionRecord;
}

/**
 * Finds the revision to go back to.
 *
 * @param number - left out: the newest good one before the one that runs now
 * @throws CommandError (2) when there is no such revision, (3) when nothing runs, or nothing good did before
 */
export async function findWay(
  records: RevisionRecords,
  stack: ServicesStack | undefined,
  number: number | undefined,
): Promise<Way> {
  const { current, goodBefore } = await currentAndGoodBefore(records, stack);
  if (current === undefined) {
    throw new CommandError(
      'No revision runs now, so that there is nothing to roll back: deploy with bin/quiltctl deploy.',
      EXIT.refused,
    );
  }
  if (number !== undefined) {
    const target = await records.get(number);
    if (target === undefined) throw noSuchRevision(number);
    return { current, target };
  }
  if (goodBefore !== undefined) return { current, target: goodBefore };
  throw new CommandError(
    `There is no good revision before ${current.number}: name one of bin/quiltctl history.`,
    EXIT.refused,
  );
}

async function currentAndGoodBefore(records: RevisionRecords, stack: ServicesStack | undefined) {
  let current: RevisionRecord | undefined;
  for await (const record of records.newestFirst()) {
    if (current === undefined) {
      if (stands(record, stack)) current = record;
    } else if (record.verdict === 'good') {
      return { current, goodBefore: record };
    }
  }
  return { current, goodBefore: undefined };
}

/** Whether a revision is one that can be gone back to. */
export function targetFinding({ number, verdict, openedAt, template }: RevisionRecord): Finding {
  const about = `revision ${number}`;
  const remedy = 'Choose a good one with a template: bin/quiltctl history.';
  if (verdict === 'failed') return refused(about, 'it failed when it was deployed', remedy);
  if (verdict === 'open') return refused(about, 'it has no verdict', remedy);
  if (template === undefined) return refused(about, 'its template could not be kept', remedy);
  return ok(about, `${verdict}, deployed ${openedAt.slice(0, 19)}Z`);
}
