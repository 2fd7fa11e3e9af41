/** As much of a Services template as the commands look into. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The first and the last resource of every deploy. */
export const GATE_TYPES: readonly string[] = ['Custom::DeployGate', 'Custom::DeployVerdict'];

export const TASK_DEFINITION_TYPE = 'AWS::ECS::TaskDefinition';

/** Whether a value is an object with members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the text of a template.
 *
 * @throws Error when it is no template
 */
export function parseTemplate(text: string): Template {
  const template: unknown = JSON.parse(text);
  if (!isObject(template) || !isObject(template.Resources)) throw new Error('This is no CloudFormation template.');
  return template as unknown as Template;
}

/** A template with each resource as `change` makes it; `undefined` leaves it out. */
export function mapResources(
  template: Template,
  change: (resource: TemplateResource) => TemplateResource | undefined,
): Template {
  const resources = Object.entries(template.Resources).flatMap(([id, resource]) => {
    const changed = change(resource);
    return changed === undefined ? [] : [[id, changed] as const];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}
