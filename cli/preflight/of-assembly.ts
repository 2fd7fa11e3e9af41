import type { EnvironmentConfig } from '../../config/schema.ts';
import { stackName } from '../../lib/names.ts';
import type { AssemblyStack } from '../cloud-assembly.ts';
import { bootstrapFindings } from './bootstrap.ts';
import type { PreflightClients } from './clients.ts';
import { type Finding, lookedAt, notChecked } from './finding.ts';
import { foundationValue } from './foundation.ts';
import { imageFindings } from './images.ts';
import { listenerRuleFinding } from './listener-rules.ts';
import { stackFinding } from './stack-state.ts';
import { imagesOf } from './template-images.ts';

/** Looks at everything that the templates rely on. */
export async function findingsOfAssembly(
  clients: PreflightClients,
  config: EnvironmentConfig,
  stacks: readonly AssemblyStack[],
): Promise<readonly Finding[]> {
  const servicesName = stackName(config, 'services');
  const services = stacks.find((stack) => stack.stackName === servicesName);
  const others = stacks.filter((stack) => stack !== services);
  const found = await Promise.all([
    bootstrapFindings(clients.ssm, stacks, config),
    // That of Services is looked at with the locks.
    ...others.map((stack) => stackFinding(clients.cloudformation, `${stack.id} stack`, stack.stackName)),
    ...(services ? [servicesFindings(clients, config, services)] : []),
  ]);
  return found.flat();
}

async function servicesFindings(
  clients: PreflightClients,
  config: EnvironmentConfig,
  { template, stackName: name }: AssemblyStack,
): Promise<readonly Finding[]> {
  const { given, built } = imagesOf(template, config);
  const rules = lookedAt('listener rule priorities', async () => {
    const { loadBalancer, namePrefix } = config;
    const listenerArn =
      loadBalancer.kind === 'import'
        ? loadBalancer.listenerArn
        : await foundationValue(clients.ssm, namePrefix, 'listener-arn');
    return listenerRuleFinding(clients, template, listenerArn, name);
  });
  return [
    ...(await imageFindings(given, clients)),
    ...(built.length > 0 ? [notChecked('built images', `${built.length}, which the deploy builds and pushes`)] : []),
    await rules,
  ];
}
