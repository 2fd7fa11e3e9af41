import { table } from '../../table.ts';
import { namedImageText } from '../words.ts';
import type { ComparedRevisions, Pair } from './revision-diff.ts';

/** How two revisions differ, for people. */
export function diffText({ diff, templateText }: ComparedRevisions): string {
  const { from, to, facts, stackParameters } = diff;
  const heading = ['', `REVISION ${from}`, `REVISION ${to}`];
  return [
    table([heading, ...[...facts, ...stackParameters].map(rowOf)]),
    templateText || `The templates of revisions ${from} and ${to} do not differ.`,
  ].join('\n\n');
}

function rowOf({ name, from, to }: Pair): readonly string[] {
  return [name, shown(from), from === to ? 'the same' : shown(to)];
}

function shown(value: string | null): string {
  return value === null ? '–' : namedImageText(value);
}
