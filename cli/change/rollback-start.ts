import type { Announcement } from '../../contract/revision.ts';
import { errorName } from '../../contract/safe-error.ts';
import { stackName } from '../../lib/names.ts';
import { awsFailure } from '../aws-failure.ts';
import { EXIT } from '../exit-codes.ts';
import type { Screen } from '../terminal.ts';
import { type AnnouncementStore, announceOrReport, withdraw } from './announcement.ts';
import { ChangeSet } from './change-set.ts';
import { uploadTemplate } from './prepared-template.ts';
import type { Outcome } from './rollback-outcome.ts';
import { type Plan, type RollbackConnections, type RollbackRequest, requireUninterrupted } from './rollback-plan.ts';
import { type Change, changesTable } from './stack-changes.ts';
import { newestEventId } from './stack-events.ts';

/** A rollback in progress. */
export interface Begun {
  /** ID of the newest event of the stack before it. */
  readonly since: string | undefined;
  /** Logical IDs of the resources that it changes. */
  readonly changing: readonly string[];
  /** Number of the newest revision before it. */
  readonly newest: number;
  readonly store: AnnouncementStore;
  readonly announcement: Announcement;
}

export type Beginning = { readonly changes: readonly Change[] } & (
  | { readonly begun: Begun; readonly end?: undefined }
  | { readonly end: Outcome; readonly begun?: undefined }
);

/**
 * Creates a change set and executes it, unless it is a dry run, there are no changes, or changes require a flag. A change set
 * that is not executed is deleted.
 *
 * @throws CommandError (3) when CloudFormation or AWS refuses, or when it was interrupted; (4) when something cannot be asked
 */
export async function begin(
  plan: Plan,
  request: RollbackRequest,
  screen: Screen,
  connections: RollbackConnections,
): Promise<Beginning> {
  const changeSet = await propose(plan, connections);
  try {
    const changes = await changesIn(changeSet, screen, connections);
    const end = endBefore(plan, request, changes);
    if (end === undefined) return { changes, begun: await execute(plan, changeSet, changes, screen, connections) };
    await remove(changeSet, screen);
    return { changes, end };
  } catch (error) {
    await remove(changeSet, screen);
    throw error;
  }
}

async function propose(
  { target, template, bucket }: Plan,
  { clients, config, interrupted }: RollbackConnections,
): Promise<ChangeSet> {
  const services = stackName(config, 'services');
  requireUninterrupted(interrupted);
  await ChangeSet.removeLeftOvers(clients.cloudformation, services);
  const templateUrl = await uploadTemplate(clients.s3, bucket, config.region, template);
  const declared = Object.keys(template.template.Parameters ?? {});
  const given = Object.entries(target.stackParameters).filter(([name]) => declared.includes(name));
  requireUninterrupted(interrupted);
  return ChangeSet.create(clients.cloudformation, services, {
    number: target.number,
    templateUrl,
    parameters: Object.fromEntries(given),
  });
}

/** Waits for the change set and returns its changes; none when there is nothing to do. */
async function changesIn(
  changeSet: ChangeSet,
  screen: Screen,
  { interrupted, pause }: RollbackConnections,
): Promise<readonly Change[]> {
  screen.step('Comparing the template with the stack …');
  for (;;) {
    requireUninterrupted(interrupted);
    const found = await changeSet.look();
    if (found.state === 'pending') {
      await pause();
      continue;
    }
    screen.status('');
    if (found.state === 'no-changes') return [];
    screen.line(`\n${changesTable(found.changes)}\n`);
    return found.changes;
  }
}

/** The outcome when nothing is executed, if so. */
function endBefore(
  { target, current }: Plan,
  { dryRun, allowReplacement }: RollbackRequest,
  changes: readonly Change[],
): Outcome | undefined {
  if (changes.length === 0) {
    const message = `No changes: revision ${current.number}, which runs now, is the same as revision ${target.number}.`;
    return { result: 'no-changes', message, exitCode: EXIT.done };
  }
  const lost = changes.filter(({ needsPermission }) => needsPermission).map(({ resource }) => resource);
  if (lost.length > 0 && !allowReplacement) {
    const message =
      `Rolling back to revision ${target.number} would replace or remove ${lost.join(', ')}. Nothing was changed. ` +
      'Review bin/quiltctl diff, then add --allow-replacement to proceed.';
    return { result: 'refused', message, exitCode: EXIT.refused };
  }
  if (!dryRun) return undefined;
  const message = `Dry run: nothing was changed. Revision ${current.number} would be rolled back to revision ${target.number}.`;
  return { result: 'planned', message, exitCode: EXIT.done };
}

async function execute(
  plan: Plan,
  changeSet: ChangeSet,
  changes: readonly Change[],
  screen: Screen,
  { clients, interrupted, now }: RollbackConnections,
): Promise<Begun> {
  const store = { dynamodb: clients.dynamodb, stateTable: plan.stateTable, trigger: plan.template.trigger };
  const announcement = announcementOf(plan);
  const [since, newest] = await Promise.all([
    newestEventId(clients.cloudformation, plan.stackArn).catch((error: unknown) => {
      throw awsFailure('Could not read the stack events', error);
    }),
    plan.records.newestNumber(),
  ]);
  requireUninterrupted(interrupted);
  await announceOrReport(store, announcement, screen.line, now());
  try {
    requireUninterrupted(interrupted);
    await changeSet.execute();
  } catch (error) {
    await withdraw(store, announcement).catch(() => undefined);
    throw error;
  }
  return { since, changing: changes.map(({ resource }) => resource), newest, store, announcement };
}

/** Commit and versions are those of the template's first deployment. */
function announcementOf({ caller, target }: Plan): Announcement {
  return { ...target.announcement, by: caller, rollbackTo: target.number };
}

/** A change set that cannot be deleted is harmless: the next rollback removes it. */
async function remove(changeSet: ChangeSet, screen: Screen): Promise<void> {
  try {
    await changeSet.delete();
  } catch (error) {
    screen.line(`Could not delete the change set ${changeSet.name} (${errorName(error)}).`);
  }
}
