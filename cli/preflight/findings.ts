import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { errorName } from '../../contract/safe-error.ts';
import { stackName } from '../../lib/names.ts';
import { undefinedOn } from '../aws-failure.ts';
import type { AssemblyStack, BootstrapNeed } from '../cloud-assembly.ts';
import { foundationValue } from '../foundation-values.ts';
import type { PreflightClients } from './clients.ts';
import { check, type Finding, invalid, notChecked, ok, refused } from './finding.ts';
import { imageFindings, imagesOf } from './images.ts';
import { importedFindings } from './imported.ts';
import { listenerRuleFinding } from './listener-rules.ts';
import { lockFindings, servicesStackFinding, stackFinding } from './ongoing-changes.ts';

/** Findings about the account, before synthesis. */
export interface AccountFindings {
  readonly findings: readonly Finding[];
  /** Foundation's state table; `absent` before the first deployment, `unknown` when the caller may not read its name. */
  readonly stateTable: { readonly name: string } | 'absent' | 'unknown';
}

/** Checks what needs no template: ongoing changes, and resources that the configuration imports. */
export async function findingsBeforeSynthesis(
  clients: PreflightClients,
  config: EnvironmentConfig,
): Promise<AccountFindings> {
  const [{ findings, stateTable }, imported] = await Promise.all([
    changesUnderWay(clients, config),
    importedFindings(clients, config),
  ]);
  return { findings: [...findings, ...imported], stateTable };
}

async function changesUnderWay(clients: PreflightClients, config: EnvironmentConfig): Promise<AccountFindings> {
  const name = await foundationValue(clients.ssm, config.namePrefix, 'state-table-name').catch((error: unknown) =>
    refused(
      `its name cannot be read (${errorName(error)})`,
      `Allow ssm:GetParameter on /${config.namePrefix}/foundation/*; docs/ci.md has the whole policy.`,
    ),
  );
  if (typeof name === 'string') {
    return { findings: await lockFindings(clients, { config, stateTable: name }), stateTable: { name } };
  }
  const services = await servicesStackFinding(clients.cloudformation, config);
  const result = name ?? ok('created by this first deployment');
  return { findings: [services, { about: 'state table', ...result }], stateTable: name ? 'unknown' : 'absent' };
}

/** Checks everything that the templates rely on. */
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
    // The Services stack is checked with the locks.
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
  const rules = check('listener rule priorities', async () => {
    const { loadBalancer, namePrefix } = config;
    const listenerArn =
      loadBalancer.kind === 'import'
        ? loadBalancer.listenerArn
        : await foundationValue(clients.ssm, namePrefix, 'listener-arn');
    return listenerRuleFinding(clients, template, listenerArn, name);
  });
  return [
    ...(await imageFindings(given, clients)),
    ...(built.length > 0
      ? [{ about: 'built images', ...notChecked(`${built.length}, built and pushed by the deployment`) }]
      : []),
    await rules,
  ];
}

/** Whether the account is bootstrapped, with the version that these stacks require. */
export function bootstrapFindings(
  ssm: SSMClient,
  stacks: readonly AssemblyStack[],
  config: Pick<EnvironmentConfig, 'account' | 'region'>,
): Promise<readonly Finding[]> {
  const needs = new Map<string, number>();
  for (const { bootstrap } of stacks) {
    if (bootstrap === undefined) continue;
    needs.set(bootstrap.parameter, Math.max(bootstrap.version, needs.get(bootstrap.parameter) ?? 0));
  }
  return Promise.all(
    Array.from(needs, ([parameter, version]) => bootstrapFinding(ssm, { parameter, version }, config)),
  );
}

function bootstrapFinding(
  ssm: SSMClient,
  { parameter, version }: BootstrapNeed,
  { account, region }: Pick<EnvironmentConfig, 'account' | 'region'>,
): Promise<Finding> {
  const remedy = `Run \`bin/quiltctl cdk bootstrap aws://${account}/${region}\`.`;
  return check('CDK bootstrap', async () => {
    const asked = ssm.send(new GetParameterCommand({ Name: parameter }));
    const answer = await undefinedOn(asked, 'ParameterNotFound');
    if (answer === undefined) return invalid(`not bootstrapped in ${region}`, remedy);
    const found = Number(answer.Parameter?.Value);
    if (found >= version) return ok(`version ${found}`);
    return invalid(`version ${answer.Parameter?.Value}; version ${version} is required`, remedy);
  });
}
