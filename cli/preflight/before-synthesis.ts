import type { EnvironmentConfig } from '../../config/schema.ts';
import { errorName } from '../../contract/safe-error.ts';
import type { PreflightClients } from './clients.ts';
import { type Finding, ok, refused } from './finding.ts';
import { foundationValue } from './foundation.ts';
import { importedFindings } from './imported/findings.ts';
import { lockFindings, servicesStackFinding } from './locks.ts';

/** What was found of the account, before there are templates. */
export interface AccountFindings {
  readonly findings: readonly Finding[];
  /** Foundation's state table; `absent` before the first deploy, `unknown` when the caller may not ask. */
  readonly stateTable: { readonly name: string } | 'absent' | 'unknown';
}

/** Looks at everything that needs no template: what may be changing the services now, and what the configuration imports. */
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
  const about = 'state table';
  const name = await foundationValue(clients.ssm, config.namePrefix, 'state-table-name').catch((error: unknown) =>
    refused(
      about,
      `its name cannot be read (${errorName(error)})`,
      `Allow ssm:GetParameter on /${config.namePrefix}/foundation/*; docs/ci.md has the whole policy.`,
    ),
  );
  if (typeof name === 'string') {
    return { findings: await lockFindings(clients, { config, stateTable: name }), stateTable: { name } };
  }
  const services = await servicesStackFinding(clients.cloudformation, config);
  return name === undefined
    ? { findings: [services, ok(about, 'made by this deploy, the first one')], stateTable: 'absent' }
    : { findings: [services, name], stateTable: 'unknown' };
}
