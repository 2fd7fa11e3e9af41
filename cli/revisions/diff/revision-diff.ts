import type { RevisionRecord } from '../../../contract/revision.ts';
import { readStoredTemplate, type TemplateStore } from '../stored-template.ts';
import { diffTemplates, type EntryDifference } from './template-diff.ts';

/** Something that revisions have, with what each of two has. JSON. */
export interface Pair {
  readonly name: string;
  /** `null`: it has none. */
  readonly from: string | null;
  readonly to: string | null;
}

/** How two revisions differ. JSON. */
export interface RevisionDiff {
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
