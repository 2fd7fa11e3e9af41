import { asciiJson } from '../../../lib/ascii-json.ts';
import { table } from '../../format.ts';
import { namedImageText } from '../words.ts';
import type { Pair, RevisionDiff } from './revision-diff.ts';
import type { EntryDifference } from './template-diff.ts';
import { diffValues, type ValueDifference } from './value-diff.ts';

const MARK = { added: '[+]', removed: '[-]', changed: '[~]' } as const;

/** What CloudFormation does about a resource, where that is not clear from the mark. */
const IMPACT: Readonly<Record<string, string>> = {
  WILL_REPLACE: 'replace',
  MAY_REPLACE: 'may be replaced',
  WILL_ORPHAN: 'orphan',
};

/** A change is on one line as long as that is no longer. */
const ONE_LINE = 110;

/** How two revisions differ, for people: a line for each place in which they do. */
export function diffText({ from, to, facts, stackParameters, template }: RevisionDiff): string {
  const heading = ['', `REVISION ${from}`, `REVISION ${to}`];
  const sections = [...new Set(template.map(({ section }) => section))];
  return [
    table([heading, ...[...facts, ...stackParameters].map(rowOf)]),
    ...(sections.length === 0 ? [`The templates of revisions ${from} and ${to} do not differ.`] : []),
    ...sections.map((section) => sectionText(section, template)),
  ].join('\n\n');
}

function rowOf({ name, from, to }: Pair): readonly string[] {
  return [name, shown(from), from === to ? 'the same' : shown(to)];
}

function shown(value: string | null): string {
  return value === null ? '–' : namedImageText(value);
}

function sectionText(section: string, template: readonly EntryDifference[]): string {
  const entries = template.filter((entry) => entry.section === section);
  const lines = section === 'resources' ? entries.flatMap(resourceLines) : entries.flatMap(entryLines);
  return [`${section.slice(0, 1).toUpperCase()}${section.slice(1)}`, ...lines].join('\n');
}

function resourceLines({ name, change, type, impact = '', replacedBecauseOf = [], properties = [] }: EntryDifference) {
  const because = replacedBecauseOf.length > 0 ? `because of ${replacedBecauseOf.join(', ')}` : '';
  const heading = [MARK[change], type, name, IMPACT[impact], because].filter(Boolean).join(' ');
  return [heading, ...properties.flatMap(differenceLines).map((line) => `    ${line}`)];
}

function entryLines({ name, change, from, to }: EntryDifference): readonly string[] {
  const differences = change === 'changed' ? diffValues(name, from, to) : [{ path: name, from, to }];
  return differences.flatMap(differenceLines);
}

/** Values are written as JSON, so that none of them can be taken for something else, or reach the terminal as more than text. */
function differenceLines({ path, from, to }: ValueDifference): readonly string[] {
  if (from === undefined) return [`${MARK.added} ${path}: ${asciiJson(to)}`];
  if (to === undefined) return [`${MARK.removed} ${path}: ${asciiJson(from)}`];
  const line = `${MARK.changed} ${path}: ${asciiJson(from)} → ${asciiJson(to)}`;
  if (line.length <= ONE_LINE) return [line];
  const both = [`${MARK.removed} ${asciiJson(from)}`, `${MARK.added} ${asciiJson(to)}`];
  return [`${MARK.changed} ${path}`, ...both.map((each) => `    ${each}`)];
}
