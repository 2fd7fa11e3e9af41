import type { RevisionRecord } from '../../contract/revision.ts';
import { table, terminalWidth, wrapped } from '../format.ts';
import type { RevisionConnections } from './connect.ts';
import type { RevisionRecords } from './records.ts';
import { findCurrent, readServicesStack, stands } from './services-stack.ts';
import { type RevisionSummary, summaryOf } from './summary.ts';
import { byText, commitText, imageText, kindText, timeText, verdictText } from './texts.ts';

/** JSON. */
export interface RevisionHistory {
  /** The number of the current revision, which may be older than those listed. */
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
  // It may be older than those, when all later deployments failed.
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

const HEADING = [
  '',
  'NO',
  'OPENED',
  'VERDICT',
  'WHAT',
  'BY',
  'COMMIT',
  'CATALOG',
  'MCP',
  'SECRET',
  'KEY SET',
  '',
] as const;

/** Number, time, verdict and kind identify a revision; `show` has the rest. */
const GIVES_WAY = ['KEY SET', 'SECRET', 'BY', 'CATALOG', 'MCP', 'COMMIT'] as const;

/**
 * Revisions for people, a line each.
 *
 * @param revisions - newest first
 * @param width - columns of the terminal
 */
export function revisionHistoryTable(revisions: readonly RevisionSummary[], width = terminalWidth()): string {
  if (revisions.length === 0) return 'Nothing has been deployed yet.';
  const rows = [HEADING, ...revisions.map(rowOf)];
  return [table(rows, { width, givesWay: GIVES_WAY }), '', ...wrapped(NOTE, width)].join('\n');
}

const NOTE = '→ runs now. bin/quiltctl show N shows a revision, bin/quiltctl diff N compares it with the current one.';

function rowOf(revision: RevisionSummary): readonly string[] {
  const { number, current, openedAt, images, parameterVersions, template } = revision;
  return [
    current ? '→' : '',
    String(number),
    timeText(openedAt),
    verdictText(revision),
    kindText(revision),
    byText(revision),
    commitText(revision),
    imageText(images.catalog),
    imageText(images.mcp),
    String(parameterVersions.secret),
    String(parameterVersions.keySet),
    template === null ? 'no template' : '',
  ];
}
