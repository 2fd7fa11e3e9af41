import { isDeepStrictEqual } from 'node:util';
import type { IDifference, ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { QUILT_VERSION } from '../../contract/service-variables.ts';
import type { TemplateResource } from '../cloud-assembly.ts';
import { GATE_TYPES, isObject, mapResources, TASK_DEFINITION_TYPE, type Template } from './template.ts';
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
 * Compares two templates without the ignored differences.
 *
 * @param from - the older one
 * @param to - the newer one
 * @returns nothing when they do not differ
 */
export async function diffTemplates(from: Template, to: Template): Promise<readonly EntryDifference[]> {
  // It loads the whole CloudFormation specification, which no other command needs.
  const { fullDiff } = await import('@aws-cdk/cloudformation-diff');
  return entriesOf(fullDiff(withoutIgnoredDifferences(from), withoutIgnoredDifferences(to)));
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

/** The CDK's own metadata, and its condition. */
const CDK_METADATA_TYPE = 'AWS::CDK::Metadata';
const CDK_METADATA_CONDITION = 'CDKMetadataAvailable';

/**
 * A template without derived values, so that two revisions with different images differ in
 * the image alone: the triggers (a hash of the rest), the gate's images and the version that a service shows, if both
 * follow from the image of a task definition, and the CDK's metadata.
 */
function withoutIgnoredDifferences(template: Template): Template {
  const images = Object.values(template.Resources).flatMap(containersOf).map(imageOf);
  const { [CDK_METADATA_CONDITION]: _, ...conditions } = template.Conditions ?? {};
  const reduced = mapResources(template, (resource) => {
    if (resource.Type === CDK_METADATA_TYPE) return undefined;
    if (GATE_TYPES.includes(resource.Type)) return withoutTrigger(resource, images);
    if (resource.Type === TASK_DEFINITION_TYPE) return withoutVersions(resource);
    return resource;
  });
  return { ...reduced, ...(template.Conditions && { Conditions: conditions }) };
}

function withoutTrigger(gate: TemplateResource, images: readonly unknown[]): TemplateResource {
  const { Trigger: _, Images: named, ...properties } = gate.Properties ?? {};
  const follows = Object.values(named ?? {}).every((image) => images.some((each) => isDeepStrictEqual(each, image)));
  return { ...gate, Properties: { ...properties, ...(!follows && { Images: named }) } };
}

function withoutVersions(definition: TemplateResource): TemplateResource {
  const ContainerDefinitions = containersOf(definition).map((container) => {
    if (!isObject(container) || !Array.isArray(container.Environment)) return container;
    const image = JSON.stringify(imageOf(container));
    const isVersion = (variable: unknown) =>
      isObject(variable) && variable.Name === QUILT_VERSION && image.includes(String(variable.Value));
    return { ...container, Environment: container.Environment.filter((variable) => !isVersion(variable)) };
  });
  return { ...definition, Properties: { ...definition.Properties, ContainerDefinitions } };
}

function containersOf({ Type, Properties }: TemplateResource): readonly unknown[] {
  const containers = Type === TASK_DEFINITION_TYPE ? Properties?.ContainerDefinitions : undefined;
  return Array.isArray(containers) ? containers : [];
}

function imageOf(container: unknown): unknown {
  return isObject(container) ? (container.Image ?? '') : '';
}
