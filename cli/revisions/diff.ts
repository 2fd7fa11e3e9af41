import type { RevisionRecord } from '../../contract/revision.ts';
import { asciiJson } from '../../lib/ascii-json.ts';
import { table } from '../format.ts';
import { readStoredTemplate, type TemplateStore } from './template.ts';
import { diffTemplates, type EntryDifference } from './template-diff.ts';
import { namedImageText } from './texts.ts';
import { diffValues, type ValueDifference } from './value-diff.ts';

/** A property of revisions, with its value in both. JSON. */
interface Pair {
  readonly name: string;
  /** `null`: it has none. */
  readonly from: string | null;
  readonly to: string | null;
}

/** How two revisions differ. JSON. */
interface RevisionDiff {
  readonly from: number;
  readonly to: number;
  /** Images and versions of the secret's parameters, whether or not they differ. */
  readonly facts: readonly Pair[];
  /** Those that differ. */
  readonly stackParameters: readonly Pair[];
  /** What differs in the templates. */
  readonly template: readonly EntryDifference[];
}

/**
 * Compares two revisions.
 *
 * @throws CommandError (3) when one has no template, or not the one that was deployed, or when AWS refuses the caller; (4) when
 *   one cannot be read otherwise
 */
export async function compareRevisions(
  store: TemplateStore,
  from: RevisionRecord,
  to: RevisionRecord,
): Promise<RevisionDiff> {
  const [older, newer] = await Promise.all([readStoredTemplate(store, from), readStoredTemplate(store, to)]);
  return {
    from: from.number,
    to: to.number,
    facts: pairsOf(factsOf(from), factsOf(to)),
    stackParameters: pairsOf(from.stackParameters, to.stackParameters).filter((pair) => pair.from !== pair.to),
    template: await diffTemplates(older.template, newer.template),
  };
}

type Texts = Readonly<Record<string, string>>;

function factsOf({ images, parameterVersions }: RevisionRecord): Texts {
  return {
    'catalog image': images.catalog,
    'MCP image': images.mcp,
    'secret version': String(parameterVersions.secret),
    'key set version': String(parameterVersions.keySet),
  };
}

function pairsOf(from: Texts, to: Texts): readonly Pair[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names.map((name) => ({ name, from: from[name] ?? null, to: to[name] ?? null }));
}

const MARK = { added: '[+]', removed: '[-]', changed: '[~]' } as const;

/** What CloudFormation does with a resource, where the mark does not say it. */
const IMPACT: Readonly<Record<string, string>> = {
  WILL_REPLACE: 'replace',
  MAY_REPLACE: 'may be replaced',
  WILL_ORPHAN: 'orphan',
};

/** Longest change that is shown on one line. */
const ONE_LINE = 110;

/** The differences of two revisions for people, a line each. */
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

/** Values are shown as JSON: unambiguous, and without control characters for the terminal. */
function differenceLines({ path, from, to }: ValueDifference): readonly string[] {
  if (from === undefined) return [`${MARK.added} ${path}: ${asciiJson(to)}`];
  if (to === undefined) return [`${MARK.removed} ${path}: ${asciiJson(from)}`];
  const line = `${MARK.changed} ${path}: ${asciiJson(from)} → ${asciiJson(to)}`;
  if (line.length <= ONE_LINE) return [line];
  const both = [`${MARK.removed} ${asciiJson(from)}`, `${MARK.added} ${asciiJson(to)}`];
  return [`${MARK.changed} ${path}`, ...both.map((each) => `    ${each}`)];
}
