import type { IDifference, ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import type { Template } from '../template.ts';
import { withoutUnlikeByNature } from './unlike-by-nature.ts';
import { diffValues, type ValueDifference } from './value-diff.ts';

/** What differs in one entry of a template. JSON. */
export interface EntryDifference {
  /** The section of the template, such as `resources`; `template` of what has no section. */
  readonly section: string;
  /** Its name there; of a resource the logical ID. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of a resource. */
  readonly type?: string;
  /** Of a resource, what CloudFormation is known to do about it, such as `WILL_REPLACE`. */
  readonly impact?: string;
  /** Of a resource that is or may be replaced: the properties because of which it is. */
  readonly replacedBecauseOf?: readonly string[];
  /** Of a resource that is changed: what changes in it. */
  readonly properties?: readonly ValueDifference[];
  /** Of any other entry. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Parts of a template that have no entries. */
const WHOLE = ['awsTemplateFormatVersion', 'transform', 'description'] as const;
const SECTIONS = ['parameters', 'mappings', 'conditions', 'metadata', 'resources', 'outputs', 'unknown'] as const;

/**
 * Compares two templates, leaving out what is unlike by nature.
 *
 * @param from - the older one
 * @param to - the newer one
 * @returns nothing when they do not differ
 */
export async function diffTemplates(from: Template, to: Template): Promise<readonly EntryDifference[]> {
  // It brings the whole specification of CloudFormation along, which no other command needs.
  const { fullDiff } = await import('@aws-cdk/cloudformation-diff');
  return entriesOf(fullDiff(withoutUnlikeByNature(from), withoutUnlikeByNature(to)));
}

function entriesOf(difference: TemplateDiff): readonly EntryDifference[] {
  const whole = WHOLE.flatMap((name) => {
    const change = difference[name];
    if (change === undefined || !change.isDifferent) return [];
    return [{ section: 'template', name, change: kindOf(change), from: change.oldValue, to: change.newValue }];
  });
  const entries = SECTIONS.flatMap((section) => {
    const { changes } = difference[section];
    return Object.entries(changes).map(([name, change]) =>
      section === 'resources'
        ? resourceEntry(name, change as ResourceDifference)
        : { section, name, change: kindOf(change), from: change.oldValue, to: change.newValue },
    );
  });
  return [...whole, ...entries];
}

function resourceEntry(name: string, difference: ResourceDifference): EntryDifference {
  const { propertyUpdates, otherChanges, changeImpact, oldResourceType, newResourceType } = difference;
  const changed = Object.entries({ ...propertyUpdates, ...otherChanges });
  const replacing = Object.entries(propertyUpdates).filter(([, update]) => update.changeImpact?.endsWith('_REPLACE'));
  return {
    section: 'resources',
    name,
    change: kindOf(difference),
    type: newResourceType ?? oldResourceType ?? '',
    impact: changeImpact,
    ...(replacing.length > 0 && { replacedBecauseOf: replacing.map(([property]) => property) }),
    ...(kindOf(difference) === 'changed' && {
      properties: changed.flatMap(([property, { oldValue, newValue }]) => diffValues(property, oldValue, newValue)),
    }),
  };
}

function kindOf({
  isAddition,
  isRemoval,
}: Pick<IDifference<unknown>, 'isAddition' | 'isRemoval'>): EntryDifference['change'] {
  if (isAddition) return 'added';
  return isRemoval ? 'removed' : 'changed';
}
