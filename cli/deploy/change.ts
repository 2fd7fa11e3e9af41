import type { Announcement } from '../../lambda/shared/revision-record.ts';
import { errorName } from '../../lambda/shared/safe-error.ts';
import { stackName } from '../../lib/names.ts';
import type { AssemblyStack } from '../cloud-assembly.ts';
import type { PreflightClients } from '../preflight/clients.ts';
import { foundationValue } from '../preflight/foundation.ts';
import { RevisionRecords } from '../revisions/records.ts';
import { readServicesStack } from '../revisions/services-stack.ts';
import type { Target } from '../target.ts';
import { announce, type Board, takeBack, triggerOf } from './announce.ts';
import { gateRefusal, newestEventId } from './gate-refusal.ts';
import type { DeployEnd } from './outcome.ts';
import { type CdkEnd, runCdkDeploy } from './run-cdk-deploy.ts';

/** A deploy that passed its preflight. */
export interface Change {
  readonly target: Target;
  readonly clients: PreflightClients;
  /** The cloud assembly and its stacks. */
  readonly directory: string;
  readonly stacks: readonly AssemblyStack[];
  readonly announcement: Announcement;
  /** Whether there is no Foundation yet. */
  readonly first: boolean;
  /** Whether standard output is for the one document at the end. */
  readonly json: boolean;
  /** Says what the command itself does. */
  readonly say: (line: string) => void;
}

/** Announces and deploys an assembly with the CDK CLI, and looks at what became of it. */
export async function deployAssembly(change: Change): Promise<DeployEnd> {
  if (change.first) {
    // They make the table in which the deploy of the services is announced.
    const { foundation, trust } = idsOf(change);
    const cdk = await runCdk(change, [foundation, trust]);
    if (!cdk.succeeded || cdk.interrupted) return { cdk, revision: undefined, refusal: undefined };
  }
  const before = await lookBefore(change);
  await announceChange(change, before);
  const cdk = await runCdk(change, ['--all']);
  return lookAfter(change, before, cdk);
}

/** What is there before the services are changed. */
interface Before {
  readonly board: Board;
  readonly records: RevisionRecords;
  /** The newest revision's number; 0 when there is none. */
  readonly newest: number;
  readonly newestEvent: string | undefined;
}

async function lookBefore({ target: { config }, clients, stacks }: Change): Promise<Before> {
  const services = stackName(config, 'services');
  const template = stacks.find((stack) => stack.stackName === services)?.template ?? {};
  const [stateTable, stack] = await Promise.all([
    foundationValue(clients.ssm, config.namePrefix, 'state-table-name'),
    readServicesStack(clients.cloudformation, config),
  ]);
  const newestEvent = stack && (await newestEventId(clients.cloudformation, services));
  if (stateTable === undefined) throw new Error('Foundation is deployed and does not say where its state table is');
  const records = new RevisionRecords(clients.dynamodb, stateTable);
  return {
    board: { dynamodb: clients.dynamodb, stateTable, trigger: triggerOf(template) },
    records,
    newest: await newestNumber(records),
    newestEvent,
  };
}

async function newestNumber(records: RevisionRecords): Promise<number> {
  for await (const { number } of records.newestFirst()) return number;
  return 0;
}

/** Who deploys is good to know, and nothing that a deploy would have to be given up for. */
async function announceChange({ announcement, say }: Change, { board }: Before): Promise<void> {
  try {
    await announce(board, announcement, Date.now());
  } catch (error) {
    say(`  – announcement: not made (${errorName(error)}), so that the revision will not say who made it`);
  }
}

function runCdk({ target, directory, json }: Change, stacks: readonly string[]): Promise<CdkEnd> {
  return runCdkDeploy({ directory, stacks, variables: target.variables, toStandardError: json });
}

async function lookAfter(
  { target: { config }, clients, announcement }: Change,
  { board, records, newest, newestEvent }: Before,
  cdk: CdkEnd,
): Promise<DeployEnd> {
  const revision = await records.firstAfter(newest);
  if (revision !== undefined) return { cdk, revision, refusal: undefined };
  const stack = await readServicesStack(clients.cloudformation, config);
  const isUnderWay = cdk.interrupted && stack?.status.endsWith('_IN_PROGRESS');
  // The gate may not have been asked yet.
  if (!isUnderWay) await takeBack(board, announcement);
  if (cdk.succeeded || stack === undefined) return { cdk, revision, refusal: undefined };
  const refusal = await gateRefusal(clients.cloudformation, stackName(config, 'services'), newestEvent);
  return { cdk, revision, refusal };
}

function idsOf({ stacks, target: { config } }: Change): { readonly foundation: string; readonly trust: string } {
  const idOf = (part: 'foundation' | 'trust') => {
    const name = stackName(config, part);
    return stacks.find((stack) => stack.stackName === name)?.id ?? name;
  };
  return { foundation: idOf('foundation'), trust: idOf('trust') };
}
