import { PassThrough } from 'node:stream';
import type { IDifference, ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import type { Template } from '../template.ts';
import { withoutUnlikeByNature } from './unlike-by-nature.ts';
import { diffValues, type ValueDifference } from './value-diff.ts';

/** What differs in one entry of a template. JSON. */
export interface EntryDifference {
  /** The section of the template, such as `resources`. */
  readonly section: string;
  /** Its name there; of a resource the logical ID. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of a resource. */
  readonly type?: string;
  /** Of a resource, what CloudFormation is known to do about it, such as `WILL_REPLACE`. */
  readonly impact?: string;
  /** Of a resource that is changed: what changes in it. */
  readonly properties?: readonly ValueDifference[];
  /** Of any other entry. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/** How two templates differ. */
export interface TemplateDifference {
  readonly entries: readonly EntryDifference[];
  /** For people, as `cdk diff` writes it; empty when they do not differ. */
  readonly text: string;
}

const SECTIONS = ['parameters', 'mappings', 'conditions', 'metadata', 'resources', 'outputs', 'unknown'] as const;

/**
 * Compares two templates, leaving out what is unlike by nature.
 *
 * @param from - the older one
 * @param to - the newer one
 */
export async function diffTemplates(from: Template, to: Template): Promise<TemplateDifference> {
  // It brings the whole specification of CloudFormation along, which no other command needs.
  const { formatDifferences, fullDiff } = await import('@aws-cdk/cloudformation-diff');
  const difference = fullDiff(withoutUnlikeByNature(from), withoutUnlikeByNature(to));
  if (difference.isEmpty) return { entries: [], text: '' };
  const stream = new PassThrough();
  formatDifferences(stream, difference);
  return { entries: entriesOf(difference), text: String(stream.read() ?? '').trimEnd() };
}

function entriesOf(difference: TemplateDiff): readonly EntryDifference[] {
  return SECTIONS.flatMap((section) => {
    const { changes } = difference[section];
    return Object.entries(changes).map(([name, change]) =>
      section === 'resources'
        ? resourceEntry(name, change as ResourceDifference)
        : { section, name, change: kindOf(change), from: change.oldValue, to: change.newValue },
    );
  });
}

function resourceEntry(name: string, difference: ResourceDifference): EntryDifference {
  const { propertyUpdates, otherChanges, changeImpact, oldResourceType, newResourceType } = difference;
  const changed = Object.entries({ ...propertyUpdates, ...otherChanges });
  return {
    section: 'resources',
    name,
    change: kindOf(difference),
    type: newResourceType ?? oldResourceType ?? '',
    impact: changeImpact,
    ...(kindOf(difference) === 'changed' && {
      properties: changed.flatMap(([property, { oldValue, newValue }]) => diffValues(property, oldValue, newValue)),
    }),
  };
}

function kindOf({ isAddition, isRemoval }: Pick<IDifference<unknown>, 'isAddition' | 'isRemoval'>) {
  if (isAddition) return 'added';
  return isRemoval ? 'removed' : 'changed';
}
