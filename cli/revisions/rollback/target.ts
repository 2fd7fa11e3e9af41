import type { RevisionRecord } from '../../../contract/revision.ts';
import { RollbackPath, type Skipped } from '../../../contract/rollback-path.ts';
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
  /** Why the target is this one and none of those in between; `undefined` when it was asked for by its number. */
  readonly skipped: readonly Skipped[] | undefined;
}

/**
 * Finds the revision to go back to.
 *
 * @param number - left out: the newest good one before the one that runs now, without those that were rolled away from
 * @throws CommandError (2) when there is no such revision, (3) when nothing runs, or nothing good did before
 */
export async function findWay(
  records: RevisionRecords,
  stack: ServicesStack | undefined,
  number: number | undefined,
): Promise<Way> {
  const revisions = records.newestFirst();
  const current = await nextThat((revision) => stands(revision, stack), revisions);
  if (current === undefined) {
    throw new CommandError(
      'No revision runs now, so that there is nothing to roll back: deploy with bin/quiltctl deploy.',
      EXIT.refused,
    );
  }
  if (number !== undefined) {
    const target = await records.get(number);
    if (target === undefined) throw noSuchRevision(number);
    return { current, target, skipped: undefined };
  }
  const way = new RollbackPath(current);
  const target = await nextThat((revision) => way.leadsTo(revision), revisions);
  if (target !== undefined) return { current, target, skipped: way.skipped };
  throw new CommandError(
    `There is no good revision before ${current.number} to go back to${skippedText(way.skipped)}. ` +
      'Name a revision of bin/quiltctl history: bin/quiltctl rollback N.',
    EXIT.refused,
  );
}

/** The next one that fits. The others stay unread, for whoever goes on. */
async function nextThat(
  fits: (revision: RevisionRecord) => boolean,
  revisions: AsyncGenerator<RevisionRecord, void>,
): Promise<RevisionRecord | undefined> {
  for (;;) {
    const { value } = await revisions.next();
    if (value === undefined || fits(value)) return value ?? undefined;
  }
}

/** Says which revision was chosen when none was named, and why. */
export function choiceFinding({ current, target, skipped = [] }: Way): Finding {
  return ok(
    'no number given',
    `revision ${target.number} is the newest good one before ${current.number}, which runs${skippedText(skipped)}`,
  );
}

const BECAUSE: Readonly<Record<Skipped['because'], string>> = {
  failed: 'failed',
  open: 'no verdict',
  unverified: 'unverified',
  'rolled-away': 'rolled away from by',
  'runs-now': 'what runs now',
};

/** `; skipped: 5 (what runs now), 8 to 6 (rolled away from by 9)`; nothing when none was. */
function skippedText(skipped: readonly Skipped[]): string {
  const groups: { readonly why: string; readonly numbers: number[] }[] = [];
  for (const { number, because, by } of skipped) {
    const why = [BECAUSE[because], by ?? ''].join(' ').trim();
    const last = groups.at(-1);
    if (last?.why === why) last.numbers.push(number);
    else groups.push({ why, numbers: [number] });
  }
  const texts = groups.map(({ why, numbers }) => `${rangeText(numbers)} (${why})`);
  return texts.length === 0 ? '' : `; skipped: ${texts.join(', ')}`;
}

function rangeText(numbers: readonly number[]): string {
  return numbers.length > 2 ? `${numbers[0]} to ${numbers.at(-1)}` : numbers.join(' and ');
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
