import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { AssemblyStack, BootstrapNeed } from '../cloud-assembly.ts';
import { type Finding, lookedAt, misfit, ok, unlessNamed } from './finding.ts';

const ABOUT = 'CDK bootstrap';

/** Whether the account has the CDK's own stack, in a version that these stacks can be deployed with. */
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
  return lookedAt(ABOUT, async () => {
    const asked = ssm.send(new GetParameterCommand({ Name: parameter }));
    const answer = await unlessNamed(asked, 'ParameterNotFound');
    if (answer === undefined) return misfit(ABOUT, `the account has none in ${region}`, remedy);
    const found = Number(answer.Parameter?.Value);
    if (found >= version) return ok(ABOUT, `version ${found}`);
    return misfit(ABOUT, `version ${answer.Parameter?.Value}, and ${version} is needed`, remedy);
  });
}
