const GATE_TYPE = 'Custom::DeployGate';

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/**
 * What tells a Services template from every other one: the `Trigger` of its deploy gate.
 *
 * @param template - as it was parsed
 * @returns `undefined` when it has no gate, and so is no Services template
 */
export function templateTrigger(template: unknown): string | undefined {
  const resources = Object.values(member(template, 'Resources') ?? {});
  const gate: unknown = resources.find((resource) => member(resource, 'Type') === GATE_TYPE);
  const trigger = member(member(gate, 'Properties'), 'Trigger');
  return typeof trigger === 'string' ? trigger : undefined;
}
