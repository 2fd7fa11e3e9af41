import { table } from '../table.ts';
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

/**
 * Revisions for people, a line each.
 *
 * @param revisions - newest first
 */
export function revisionTable(revisions: readonly RevisionSummary[]): string {
  if (revisions.length === 0) return 'Nothing has been deployed yet.';
  return [table([HEADING, ...revisions.map(rowOf)]), '', NOTE].join('\n');
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
