import { isDeepStrictEqual } from 'node:util';
import { QUILT_VERSION } from '../../../contract/service-variables.ts';
import {
  GATE_TYPES,
  isObject,
  mapResources,
  TASK_DEFINITION_TYPE,
  type Template,
  type TemplateResource,
} from '../template.ts';

/** What the CDK adds about itself, and the condition that it hangs on. */
const CDK_METADATA_TYPE = 'AWS::CDK::Metadata';
const CDK_METADATA_CONDITION = 'CDKMetadataAvailable';

/**
 * A template without what is only another way to say what it says elsewhere, so that two revisions with another image differ in
 * that image alone: the triggers (a hash of all the rest), the gate's images and the version that a service shows, where both
 * follow from the image of a task definition, and what the CDK adds about itself.
 */
export function withoutUnlikeByNature(template: Template): Template {
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
