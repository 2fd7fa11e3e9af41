import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Announcement, RevisionRecord } from '../../contract/revision.ts';
import { PROJECT_ROOT } from '../cdk.ts';
import { readAssembly } from '../cloud-assembly.ts';
import type { ExitCode } from '../exit-codes.ts';
import { callerFindings } from '../preflight/caller.ts';
import { type PreflightClients, preflightClients } from '../preflight/clients.ts';
import { exitCodeOf, type Finding, findingLines } from '../preflight/finding.ts';
import { type AccountFindings, findingsBeforeSynthesis, findingsOfAssembly } from '../preflight/findings.ts';
import type { Target } from '../target.ts';
import type { Screen } from '../terminal.ts';
import { commitOf, versions } from './announcement.ts';
import { type Change, deployAssembly } from './deploy-assembly.ts';
import { type Outcome, outcomeOf } from './deploy-outcome.ts';
import { synthesise } from './synthesis.ts';

export interface DeployRequest {
  readonly environment: string;
  readonly target: Target;
  /** Run the checks only. */
  readonly checkOnly: boolean;
  /** Whether standard output is reserved for the JSON document. */
  readonly json: boolean;
}

/** The result of a deployment. JSON. */
export type Deployed = Pick<Outcome, 'result' | 'message'> & { readonly revision: RevisionRecord | null };

/** Findings and result. JSON. */
export interface DeployReport {
  readonly environment: string;
  readonly findings: readonly Finding[];
  /** `null` when nothing was deployed: checks only, or a check failed. */
  readonly deploy: Deployed | null;
  readonly exitCode: number;
}

/**
 * Checks everything that a deployment relies on, and deploys when no check fails.
 *
 * @throws CommandError (4) when AWS cannot be reached
 */
export async function deploy(request: DeployRequest, screen: Screen): Promise<DeployReport> {
  const directory = mkdtempSync(join(tmpdir(), 'quilt-deploy-'));
  try {
    return await deployFrom(directory, request, screen);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function deployFrom(directory: string, request: DeployRequest, screen: Screen): Promise<DeployReport> {
  const { environment, target, checkOnly, json } = request;
  const clients = preflightClients(target.clientSettings, target.hasImage);
  const { findings, caller, stateTable } = await preflight(directory, request, clients, screen);
  const exitCode = exitCodeOf(findings);
  if (exitCode !== 0 || checkOnly || caller === undefined) return { environment, findings, deploy: null, exitCode };
  const first = stateTable === 'absent';
  const deployed = await deploySynthesised({ target, clients, directory, first, json, say: screen.line }, caller);
  return { environment, findings, ...deployed };
}

/**
 * Deploys a synthesised assembly, and records the caller and the commit.
 *
 * @param caller - ARN of the principal
 */
export async function deploySynthesised(
  change: Omit<Change, 'stacks' | 'announcement'>,
  caller: string,
): Promise<{ readonly deploy: Deployed; readonly exitCode: ExitCode }> {
  const stacks = readAssembly(change.directory);
  const end = await deployAssembly({ ...change, stacks, announcement: await announcementOf(caller) });
  const { result, message, exitCode } = outcomeOf(end);
  return { deploy: { result, message, revision: end.revision ?? null }, exitCode };
}

async function announcementOf(by: string): Promise<Announcement> {
  return { by, ...(await commitOf(PROJECT_ROOT)), versions: versions() };
}

interface Preflight {
  readonly findings: readonly Finding[];
  readonly caller: string | undefined;
  readonly stateTable: AccountFindings['stateTable'];
}

/** Runs all checks even when one fails, so that all faults can be fixed at once. */
async function preflight(
  directory: string,
  { environment, target }: DeployRequest,
  clients: PreflightClients,
  screen: Screen,
): Promise<Preflight> {
  const findings: Finding[] = [];
  const show = (found: readonly Finding[]) => {
    for (const finding of found) screen.line(findingLines(finding));
    findings.push(...found);
  };
  screen.status('Identifying the caller …');
  const { findings: ofCaller, caller } = await callerFindings(clients.sts, target.config);
  show(ofCaller);
  // Further checks would examine a different account.
  if (caller === undefined) return { findings, caller, stateTable: 'unknown' };

  screen.step('  Synthesizing the stacks and checking the account …');
  const [account, synthesis] = await Promise.all([
    findingsBeforeSynthesis(clients, target.config),
    synthesise(environment, target, directory),
  ]);
  show([...account.findings, synthesis]);
  if (synthesis.state === 'ok') {
    screen.status('Checking what the templates rely on …');
    show(await findingsOfAssembly(clients, target.config, readAssembly(directory)));
  }
  screen.status('');
  return { findings, caller, stateTable: account.stateTable };
}
