import { table, terminalWidth, wrapped } from '../format.ts';
import type { RevisionSummary } from './summary.ts';
import { byText, commitText, imageText, kindText, timeText, verdictText } from './words.ts';

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

/** A revision is told by number, time, verdict and what it was; the rest is in `show` too. */
const GIVES_WAY = ['KEY SET', 'SECRET', 'BY', 'CATALOG', 'MCP', 'COMMIT'] as const;

/**
 * Revisions for people, a line each.
 *
 * @param revisions - newest first
 * @param width - columns of the terminal
 */
export function revisionTable(revisions: readonly RevisionSummary[], width = terminalWidth()): string {
  if (revisions.length === 0) return 'Nothing has been deployed yet.';
  const rows = [HEADING, ...revisions.map(rowOf)];
  return [table(rows, { width, givesWay: GIVES_WAY }), '', ...wrapped(NOTE, width)].join('\n');
}

const NOTE =
  '→ runs now. bin/quiltctl show N has all of a revision, bin/quiltctl diff N what it differs in from the one that runs.';

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
