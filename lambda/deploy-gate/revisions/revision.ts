import { type AttributeValue, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { StackFailure } from '../../../aws/stack.ts';
import { conditionalWrite } from '../../../aws/state-table.ts';
import {
  type Announcement,
  announcementMap,
  REVISION_COUNTER,
  REVISION_KEY,
  type RevisionRecord,
  type RevisionVerdict,
  revisionRecordOf,
  revisionSortKey,
  stackFailureMap,
} from '../../../contract/revision.ts';
import type { FailedCheck } from '../canary.ts';
import type { ParameterVersions } from '../parameters.ts';
import { awsCall } from '../refusal.ts';
import type { Connections } from '../settings.ts';

type Values = Record<string, AttributeValue>;

/** How a deploy ended. */
type Verdict = Exclude<RevisionVerdict, 'open'>;

/** What the canary could not prove before a deploy. */
export type UnprovedBefore = {
  /** Checks that were red, each with its fault. */
  readonly failedBefore: readonly string[];
  /** Checks that were not asked, because one that they need was red. */
  readonly skippedBefore: readonly string[];
};

/** What a rollback to a revision needs. */
export type KeptTemplate = Pick<RevisionRecord, 'stackParameters'> & {
  readonly template: NonNullable<RevisionRecord['template']>;
};

/** What is written when a deploy begins. */
type NewRevision = UnprovedBefore & {
  readonly number: number;
  readonly stackArn: string;
  /** The event that opened it: one that is delivered twice opens one revision. */
  readonly openedBy: string;
  readonly fingerprint: string;
  readonly images: { readonly catalog: string; readonly mcp: string };
  readonly parameterVersions: ParameterVersions;
  /** How long its tokens live: a rotation waits until the last one of the retired key is over. */
  readonly tokenLifetimeSeconds: number;
  /** Why it is deployed whatever the canary says. */
  readonly reason: string | undefined;
  readonly announcement: Announcement | undefined;
  readonly kept: KeptTemplate | undefined;
};

/** What is written when it ends. */
export type Closing = {
  readonly verdict: Verdict;
  /** The event that closed it, if it was the one that asks for the verdict. */
  readonly closedBy?: string | undefined;
  readonly failedChecks?: readonly FailedCheck[];
  /** What else there is to say of the end; the `reason` of break-glass stays beside it. */
  readonly because?: string;
  /** What made CloudFormation take the stack back. */
  readonly stackFailure?: StackFailure | undefined;
  /** The verdict that it replaces. @default 'open' */
  readonly instead?: RevisionVerdict;
};

/** A record with what the gate alone decides by. */
export type Revision = RevisionRecord &
  UnprovedBefore & {
    readonly openedBy: string;
    readonly closedBy: string | undefined;
  };

/** Reads an item of the state table. */
function revisionOf(item: Readonly<Values>): Revision {
  return {
    ...revisionRecordOf(item),
    openedBy: item.openedBy?.S ?? '',
    closedBy: item.closedBy?.S,
    skippedBefore: (item.skippedBefore?.L ?? []).map(({ S = '' }) => S),
  };
}

/** The same as attributes of the item. */
export function keptValues({ template, stackParameters }: KeptTemplate): Values {
  const parameters = Object.entries(stackParameters).map(([name, value]) => [name, { S: value }]);
  return {
    template: { M: { key: { S: template.key }, sha256: { S: template.sha256 } } },
    stackParameters: { M: Object.fromEntries(parameters) },
  };
}

/** The key of a revision's item. */
export function keyOf(number: number): Values {
  return { pk: { S: REVISION_KEY }, sk: { S: revisionSortKey(number) } };
}

type Item = Record<string, AttributeValue>;
type Page = { readonly items: readonly Item[]; readonly next: Item | undefined };

/** A page of the revisions, newest first. */
async function readPage(
  from: Item | undefined,
  limit: number | undefined,
  { dynamodb, settings, abortSignal }: Connections,
): Promise<Page> {
  const command = new QueryCommand({
    TableName: settings.stateTable,
    KeyConditionExpression: 'pk = :revision AND sk < :counter',
    ExpressionAttributeValues: { ':revision': { S: REVISION_KEY }, ':counter': { S: REVISION_COUNTER } },
    ScanIndexForward: false,
    Limit: limit,
    ExclusiveStartKey: from,
    ConsistentRead: true,
  });
  const { Items = [], LastEvaluatedKey } = await awsCall('dynamodb:Query', dynamodb.send(command, { abortSignal }));
  return { items: Items, next: LastEvaluatedKey };
}

/** The newest revision, whoever opened it. */
export async function readNewestRevision(connections: Connections): Promise<Revision | undefined> {
  const { items } = await readPage(undefined, 1, connections);
  const [newest] = items;
  return newest && revisionOf(newest);
}

/** Every revision that is remembered, newest first. */
export async function readRevisions(connections: Connections): Promise<readonly Revision[]> {
  const revisions: Revision[] = [];
  let from: Item | undefined;
  do {
    const page = await readPage(from, undefined, connections);
    revisions.push(...page.items.map(revisionOf));
    from = page.next;
  } while (from !== undefined);
  return revisions;
}

const listOf = (texts: readonly string[]) => ({ L: texts.map((text) => ({ S: text })) });

/**
 * Gives out the number of the next revision, once.
 *
 * @returns one more than the last; a number stays without a revision when a deploy dies before it has written its record
 */
export async function nextNumber({ dynamodb, settings, abortSignal }: Connections): Promise<number> {
  const command = new UpdateItemCommand({
    TableName: settings.stateTable,
    Key: { pk: { S: REVISION_KEY }, sk: { S: REVISION_COUNTER } },
    UpdateExpression: 'ADD #number :one',
    ExpressionAttributeNames: { '#number': 'number' },
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ReturnValues: 'UPDATED_NEW',
  });
  const { Attributes } = await awsCall('dynamodb:UpdateItem', dynamodb.send(command, { abortSignal }));
  return Number(Attributes?.number?.N);
}

/** Records that a deploy begins. The caller holds the lock. */
export async function openRevision(
  revision: NewRevision,
  { dynamodb, settings, abortSignal }: Connections,
): Promise<void> {
  const { secret, keySet } = revision.parameterVersions;
  const Item = {
    ...keyOf(revision.number),
    number: { N: String(revision.number) },
    stackArn: { S: revision.stackArn },
    openedBy: { S: revision.openedBy },
    trigger: { S: revision.fingerprint },
    images: { M: { catalog: { S: revision.images.catalog }, mcp: { S: revision.images.mcp } } },
    parameterVersions: { M: { secret: { N: String(secret) }, keySet: { N: String(keySet) } } },
    tokenLifetimeSeconds: { N: String(revision.tokenLifetimeSeconds) },
    openedAt: { S: new Date().toISOString() },
    verdict: { S: 'open' },
    failedBefore: listOf(revision.failedBefore),
    skippedBefore: listOf(revision.skippedBefore),
    ...(revision.reason !== undefined && { reason: { S: revision.reason } }),
    ...(revision.announcement && { announcement: announcementMap(revision.announcement) }),
    ...(revision.kept && keptValues(revision.kept)),
  };
  const command = new PutItemCommand({ TableName: settings.stateTable, Item });
  await awsCall('dynamodb:PutItem', dynamodb.send(command, { abortSignal }));
}

const checksOf = (checks: readonly FailedCheck[]) => ({
  L: checks.map(({ name, reason }) => ({ M: { name: { S: name }, reason: { S: reason } } })),
});

/**
 * Records how a deploy ended, once.
 *
 * @returns false when the record has another verdict than the one to be replaced, and is then left as it is
 */
export async function closeRevision(
  number: number,
  { verdict, closedBy, failedChecks, because, stackFailure, instead = 'open' }: Closing,
  connections: Connections,
): Promise<boolean> {
  const values = {
    verdict: { S: verdict },
    closedAt: { S: new Date().toISOString() },
    ...(closedBy !== undefined && { closedBy: { S: closedBy } }),
    ...(failedChecks?.length && { failedChecks: checksOf(failedChecks) }),
    ...(because !== undefined && { closedBecause: { S: because } }),
    ...(stackFailure && { stackFailure: stackFailureMap(stackFailure) }),
  };
  return updateRevision(number, { verdict: instead, values }, connections);
}

/**
 * Sets attributes of a record, as long as it has a certain verdict.
 *
 * @returns false when it has another one, or is gone: it is then left as it is
 */
export async function updateRevision(
  number: number,
  { verdict, values }: { readonly verdict: RevisionVerdict; readonly values: Record<string, AttributeValue> },
  { dynamodb, settings, abortSignal }: Connections,
): Promise<boolean> {
  const names = Object.keys(values);
  const command = new UpdateItemCommand({
    TableName: settings.stateTable,
    Key: keyOf(number),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: '#is = :was',
    ExpressionAttributeNames: { '#is': 'verdict', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
    ExpressionAttributeValues: {
      ':was': { S: verdict },
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
    },
  });
  return awsCall('dynamodb:UpdateItem', conditionalWrite(dynamodb.send(command, { abortSignal })));
}
