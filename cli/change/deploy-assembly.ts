import { isOver, readStackStatus } from '../../aws/stack.ts';
import type { Announcement } from '../../contract/revision.ts';
import { stackName } from '../../lib/names.ts';
import { type CdkFollower, captureCdk, endOf, passingSignals, startCdk } from '../cdk.ts';
import type { AssemblyStack } from '../cloud-assembly.ts';
import { foundationValue } from '../foundation-values.ts';
import { ANSWER_MS } from '../lock/holder.ts';
import type { PreflightClients } from '../preflight/clients.ts';
import { ONLY_REVIEWED } from '../preflight/ongoing-changes.ts';
import { RevisionRecords } from '../revisions/records.ts';
import { readServicesStack } from '../revisions/services-stack.ts';
import type { Target } from '../target.ts';
import { type AnnouncementStore, announceOrReport, triggerOf, withdraw } from './announcement.ts';
import type { CdkEnd, DeployEnd } from './deploy-outcome.ts';
import { gateRefusal, newestEventId } from './stack-events.ts';

/** A deployment with synthesised templates. */
export interface Change {
  readonly target: Target;
  readonly clients: PreflightClients;
  /** The cloud assembly and its stacks. */
  readonly directory: string;
  readonly stacks: readonly AssemblyStack[];
  readonly announcement: Announcement;
  /** Whether there is no Foundation yet. */
  readonly first: boolean;
  /** Whether standard output is reserved for the JSON document. */
  readonly json: boolean;
  /** Reports the command's own progress. */
  readonly say: (line: string) => void;
  /** Receives the output of the CDK CLI in place of the terminal. */
  readonly follower?: CdkFollower | undefined;
}

/** Announces and deploys an assembly with the CDK CLI, and determines the result. */
export async function deployAssembly(change: Change): Promise<DeployEnd> {
  if (change.first) {
    // They create the table in which the deployment of the services is announced.
    const { foundation, trust } = idsOf(change);
    change.say(`  Deploying ${foundation} and ${trust} …`);
    const cdk = await runCdk(change, [foundation, trust]);
    if (!cdk.succeeded || cdk.interrupted) {
      return { cdk, underWay: await isUnderWay(change), revision: undefined, refusal: undefined };
    }
  }
  const before = await lookBefore(change);
  await announceOrReport(before.store, change.announcement, change.say, Date.now());
  change.say('  Deploying all stacks …');
  const cdk = await runCdk(change, ['--all']);
  return lookAfter(change, before, cdk);
}

/** The state before the services are changed. */
interface Before {
  readonly store: AnnouncementStore;
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
  if (stateTable === undefined)
    throw new Error('Foundation is deployed, but the parameter with the name of its state table is missing');
  const records = new RevisionRecords(clients.dynamodb, stateTable);
  return {
    store: { dynamodb: clients.dynamodb, stateTable, trigger: triggerOf(template) },
    records,
    newest: await records.newestNumber(),
    newestEvent,
  };
}

/**
 * Deploys stacks of the assembly with the CDK CLI. The CLI's output is passed on and signals go to it, unless there is a follower,
 * which then handles both.
 *
 * @param stacks - the CLI's names of stacks, or `--all`
 * @throws the reason of the follower's signal when it fires
 */
async function runCdk({ target, directory, json, follower }: Change, stacks: readonly string[]): Promise<CdkEnd> {
  const options = ['--require-approval', 'never', '--progress', 'events', '--no-notices'];
  // Nothing is built: exactly what was checked is deployed.
  const args = ['deploy', '--app', directory, '--build', '', ...options, ...stacks];
  if (follower) {
    const { succeeded } = await captureCdk([...args, '--no-color'], target.variables, follower);
    return { succeeded, interrupted: false };
  }
  const child = startCdk(args, { env: target.variables, stdio: ['inherit', json ? 2 : 'inherit', 'inherit'] });
  const { result: succeeded, interrupted } = await passingSignals(child, endOf);
  return { succeeded, interrupted };
}

async function lookAfter(
  change: Change,
  { store, records, newest, newestEvent }: Before,
  cdk: CdkEnd,
): Promise<DeployEnd> {
  const { target, clients, announcement } = change;
  const [revision, underWay] = await Promise.all([records.firstAfter(newest), isUnderWay(change)]);
  const end = { cdk, underWay, revision, refusal: undefined };
  if (revision !== undefined) return end;
  // Otherwise the gate may still read it. An announcement fits one template only, and expires.
  if (!underWay) await withdraw(store, announcement).catch(() => undefined);
  if (cdk.succeeded) return end;
  const services = stackName(target.config, 'services');
  return { ...end, refusal: await gateRefusal(clients.cloudformation, services, newestEvent) };
}

/** Whether CloudFormation is changing a stack of this deployment. */
async function isUnderWay({ clients, stacks }: Change): Promise<boolean> {
  const statuses = await Promise.all(
    stacks.map((stack) => readStackStatus(clients.cloudformation, stack.stackName, AbortSignal.timeout(ANSWER_MS))),
  );
  return statuses.some((status) => !isOver(status) && status !== ONLY_REVIEWED);
}

function idsOf({ stacks, target: { config } }: Change): { readonly foundation: string; readonly trust: string } {
  const idOf = (part: 'foundation' | 'trust') => {
    const name = stackName(config, part);
    return stacks.find((stack) => stack.stackName === name)?.id ?? name;
  };
  return { foundation: idOf('foundation'), trust: idOf('trust') };
}
