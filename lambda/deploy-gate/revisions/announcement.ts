import { type AttributeValue, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { type Announcement, announcementKey, announcementOf } from '../../../contract/revision.ts';
import { attempt, awsCall, Refusal } from '../refusal.ts';
import { type Connections, withDeadline } from '../settings.ts';

const TAKE_MS = 5_000;

type Values = Readonly<Record<string, AttributeValue>>;

const MAX_VERSIONS = 20;
const NAME = /^[\w@./-]{1,100}$/;
const VERSION = /^[\x21-\x7e]{1,100}$/;

function areVersions(versions: Values | undefined): boolean {
  const entries = Object.entries(versions ?? {});
  if (versions === undefined || entries.length > MAX_VERSIONS) return false;
  return entries.every(([name, { S = '' }]) => NAME.test(name) && VERSION.test(S));
}

/** The limits of an announcement. Everyone with write access to the table can write it, and it is displayed: short, on one line. */
const RULES: Readonly<Record<string, (value: AttributeValue) => boolean>> = {
  by: ({ S = '' }) => /^arn:[\x21-\x7e]{1,500}$/.test(S),
  commit: ({ S = '' }) => /^[0-9a-f]{7,64}$/.test(S),
  dirty: ({ BOOL }) => BOOL !== undefined,
  versions: ({ M }) => areVersions(M),
  rollbackTo: ({ N = '' }) => /^[1-9]\d{0,8}$/.test(N),
};

function requireValid(values: Values): void {
  const areKnown = Object.entries(values).every(([name, value]) => Object.hasOwn(RULES, name) && RULES[name]?.(value));
  if (areKnown && values.by !== undefined) return;
  throw new Refusal(
    'announcement-invalid',
    'The announcement of this deploy is invalid and was ignored. Check who may write to the state table.',
  );
}

async function take(
  trigger: string,
  { dynamodb, settings, abortSignal }: Connections,
): Promise<Announcement | undefined> {
  const command = new DeleteItemCommand({
    TableName: settings.stateTable,
    Key: announcementKey(trigger),
    ReturnValues: 'ALL_OLD',
  });
  const { Attributes } = await awsCall('dynamodb:DeleteItem', dynamodb.send(command, { abortSignal }));
  if (Attributes === undefined || Number(Attributes.expiresAt?.N ?? 0) * 1_000 < Date.now()) return undefined;
  const values = Attributes.announcement?.M ?? {};
  requireValid(values);
  return announcementOf(values);
}

/**
 * Takes the announcement of a deploy and deletes it before the record is written, so that a later deploy of the same template does
 * not use it.
 *
 * @param trigger - of the template
 * @returns `undefined` when there is no usable announcement
 */
export function takeAnnouncement(trigger: string, connections: Connections): Promise<Announcement | undefined> {
  return attempt('announcement not taken', () => take(trigger, withDeadline(TAKE_MS, connections)));
}
