import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { conditionalWrite } from '../../aws/state-table.ts';
import {
  type Announcement,
  announcementItem,
  announcementKey,
  announcementMap,
  templateTrigger,
} from '../../contract/revision.ts';
import { errorName } from '../../contract/safe-error.ts';
import { PROJECT_ROOT } from '../cdk.ts';
import type { Template } from '../cloud-assembly.ts';
import { findingLines, notChecked } from '../preflight/finding.ts';

/** Where the announcement of one change is stored. */
export interface AnnouncementStore {
  readonly dynamodb: DynamoDBClient;
  readonly stateTable: string;
  /** The `Trigger` of the template that is about to be deployed. */
  readonly trigger: string;
}

/**
 * The value that identifies a Services template.
 *
 * @throws Error when it has no deploy gate
 */
export function triggerOf(template: Template): string {
  const trigger = templateTrigger(template);
  if (trigger !== undefined) return trigger;
  throw new Error('The Services template has no deploy gate with a Trigger');
}

/**
 * Announces a change, or reports that it could not: who makes it is worth knowing, but no reason to give it up.
 *
 * @param report - gets a line for people
 */
export async function announceOrReport(
  store: AnnouncementStore,
  announcement: Announcement,
  report: (line: string) => void,
  now: number,
): Promise<void> {
  try {
    await announce(store, announcement, now);
  } catch (error) {
    const result = notChecked(`failed (${errorName(error)}); the revision will not show who made it`);
    report(findingLines({ about: 'announcement', ...result }));
  }
}

/** Tells the deploy gate who is about to change the services. The gate deletes the announcement when it opens the revision. */
export async function announce(
  { dynamodb, stateTable, trigger }: AnnouncementStore,
  announcement: Announcement,
  now: number,
): Promise<void> {
  const Item = announcementItem(trigger, announcement, now);
  await dynamodb.send(new PutItemCommand({ TableName: stateTable, Item }));
}

/** Withdraws an announcement that the gate has not taken; one of somebody else stays. */
export async function withdraw(
  { dynamodb, stateTable, trigger }: AnnouncementStore,
  announcement: Announcement,
): Promise<void> {
  const command = new DeleteItemCommand({
    TableName: stateTable,
    Key: announcementKey(trigger),
    ConditionExpression: 'announcement = :ours',
    ExpressionAttributeValues: { ':ours': announcementMap(announcement) },
  });
  await conditionalWrite(dynamodb.send(command));
}

const run = promisify(execFile);

/** The commit of a folder, and whether it has uncommitted changes; `undefined` without git, repository or commit. */
export async function commitOf(directory: string): Promise<Pick<Announcement, 'commit' | 'dirty'> | undefined> {
  try {
    const [head, changes] = await Promise.all([
      run('git', ['rev-parse', '--verify', 'HEAD'], { cwd: directory }),
      run('git', ['status', '--porcelain'], { cwd: directory }),
    ]);
    return { commit: head.stdout.trim(), dirty: changes.stdout !== '' };
  } catch {
    return undefined;
  }
}

/** Versions of this project and the CDK, by package name. */
export function versions(): Readonly<Record<string, string>> {
  const packages = ['.', join('node_modules', 'aws-cdk'), join('node_modules', 'aws-cdk-lib')];
  return Object.fromEntries(packages.map(nameAndVersion));
}

function nameAndVersion(folder: string): readonly [string, string] {
  const { name, version } = JSON.parse(readFileSync(join(PROJECT_ROOT, folder, 'package.json'), 'utf8'));
  return [name, version];
}
