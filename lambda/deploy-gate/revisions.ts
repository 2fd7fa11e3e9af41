import { type AttributeValue, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { awsCall, heldWhen } from './aws-call.ts';
import type { FailedCheck } from './canary.ts';
import type { Connections } from './connections.ts';
import type { ParameterVersions } from './parameters.ts';

const REVISION = { S: 'revision' };
/** Behind every number, so that `sk < 'last'` means the revisions alone. */
const COUNTER = 'last';

/** Good: proved by a green canary. Unverified: deployed without that proof, with the reason. */
export type Verdict = 'good' | 'failed' | 'unverified';

/** What the canary could not prove before a deploy. */
export type UnprovedBefore = {
  /** Checks that were red, each with its fault. */
  readonly failedBefore: readonly string[];
  /** Checks that were not asked, because one that they need was red. */
  readonly skippedBefore: readonly string[];
};

/** What is written when a deploy begins. */
export type NewRevision = UnprovedBefore & {
  readonly stackArn: string;
  /** The event that opened it: one that is delivered twice opens one revision. */
  readonly openedBy: string;
  readonly trigger: string;
  readonly images: { readonly catalog: string; readonly mcp: string };
  readonly parameterVersions: ParameterVersions;
  /** How long its tokens live: a rotation waits until the last one of the retired key is over. */
  readonly tokenLifetimeSeconds: number;
  /** Why it is deployed whatever the canary says. */
  readonly reason: string | undefined;
};

/** What is written when it ends. */
export type Closing = {
  readonly verdict: Verdict;
  /** The event that closed it, if it was the one that asks for the verdict. */
  readonly closedBy?: string | undefined;
  readonly failedChecks?: readonly FailedCheck[];
  /** What else there is to say of the end; the `reason` of break-glass stays beside it. */
  readonly because?: string;
  /** The verdict that it replaces. @default 'open' */
  readonly instead?: 'open' | Verdict;
};

/** As much of a record as later steps decide by. */
export type Revision = UnprovedBefore & {
  readonly number: number;
  readonly stackArn: string;
  readonly trigger: string;
  readonly openedBy: string;
  readonly verdict: 'open' | Verdict;
  readonly closedBy: string | undefined;
  readonly failedChecks: readonly FailedCheck[];
};

type Item = Readonly<Record<string, AttributeValue>>;

const sortKey = (number: number) => ({ S: String(number).padStart(6, '0') });
const textsOf = (list: AttributeValue | undefined) => (list?.L ?? []).map(({ S = '' }) => S);
const listOf = (texts: readonly string[]) => ({ L: texts.map((text) => ({ S: text })) });
const checksOf = (checks: readonly FailedCheck[]) => ({
  L: checks.map(({ name, reason }) => ({ M: { name: { S: name }, reason: { S: reason } } })),
});

function revisionOf(item: Item): Revision {
  const verdict = item.verdict?.S;
  return {
    number: Number(item.number?.N),
    stackArn: item.stackArn?.S ?? '',
    trigger: item.trigger?.S ?? '',
    openedBy: item.openedBy?.S ?? '',
    verdict: verdict === 'open' || verdict === 'good' || verdict === 'unverified' ? verdict : 'failed',
    closedBy: item.closedBy?.S,
    failedBefore: textsOf(item.failedBefore),
    skippedBefore: textsOf(item.skippedBefore),
    failedChecks: (item.failedChecks?.L ?? []).map(({ M }) => ({
      name: M?.name?.S ?? '',
      reason: M?.reason?.S ?? '',
    })),
  };
}

/** The newest revision, whoever opened it. */
export async function readNewestRevision({
  dynamodb,
  settings,
  abortSignal,
}: Connections): Promise<Revision | undefined> {
  const command = new QueryCommand({
    TableName: settings.stateTable,
    KeyConditionExpression: 'pk = :revision AND sk < :counter',
    ExpressionAttributeValues: { ':revision': REVISION, ':counter': { S: COUNTER } },
    ScanIndexForward: false,
    Limit: 1,
    ConsistentRead: true,
  });
  const { Items: [newest] = [] } = await awsCall('dynamodb:Query', dynamodb.send(command, { abortSignal }));
  return newest && revisionOf(newest);
}

async function nextNumber({ dynamodb, settings, abortSignal }: Connections): Promise<number> {
  const command = new UpdateItemCommand({
    TableName: settings.stateTable,
    Key: { pk: REVISION, sk: { S: COUNTER } },
    UpdateExpression: 'ADD #number :one',
    ExpressionAttributeNames: { '#number': 'number' },
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ReturnValues: 'UPDATED_NEW',
  });
  const { Attributes } = await awsCall('dynamodb:UpdateItem', dynamodb.send(command, { abortSignal }));
  return Number(Attributes?.number?.N);
}

/**
 * Records that a deploy begins. The caller holds the lock.
 *
 * @returns the revision's number; one may be missing before it, when an earlier deploy died between the two writes
 */
export async function openRevision(revision: NewRevision, connections: Connections): Promise<number> {
  const { dynamodb, settings, abortSignal } = connections;
  const number = await nextNumber(connections);
  const { secret, keySet } = revision.parameterVersions;
  const Item = {
    pk: REVISION,
    sk: sortKey(number),
    number: { N: String(number) },
    stackArn: { S: revision.stackArn },
    openedBy: { S: revision.openedBy },
    trigger: { S: revision.trigger },
    images: { M: { catalog: { S: revision.images.catalog }, mcp: { S: revision.images.mcp } } },
    parameterVersions: { M: { secret: { N: String(secret) }, keySet: { N: String(keySet) } } },
    tokenLifetimeSeconds: { N: String(revision.tokenLifetimeSeconds) },
    openedAt: { S: new Date().toISOString() },
    verdict: { S: 'open' },
    failedBefore: listOf(revision.failedBefore),
    skippedBefore: listOf(revision.skippedBefore),
    ...(revision.reason !== undefined && { reason: { S: revision.reason } }),
  };
  const command = new PutItemCommand({ TableName: settings.stateTable, Item });
  await awsCall('dynamodb:PutItem', dynamodb.send(command, { abortSignal }));
  return number;
}

/**
 * Records how a deploy ended, once.
 *
 * @returns false when the record has another verdict than the one to be replaced, and is then left as it is
 */
export async function closeRevision(
  number: number,
  { verdict, closedBy, failedChecks, because, instead = 'open' }: Closing,
  { dynamodb, settings, abortSignal }: Connections,
): Promise<boolean> {
  const values = {
    verdict: { S: verdict },
    closedAt: { S: new Date().toISOString() },
    ...(closedBy !== undefined && { closedBy: { S: closedBy } }),
    ...(failedChecks?.length && { failedChecks: checksOf(failedChecks) }),
    ...(because !== undefined && { closedBecause: { S: because } }),
  };
  const names = Object.keys(values);
  const command = new UpdateItemCommand({
    TableName: settings.stateTable,
    Key: { pk: REVISION, sk: sortKey(number) },
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: '#verdict = :instead',
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
      ':instead': { S: instead },
    },
  });
  return heldWhen('dynamodb:UpdateItem', dynamodb.send(command, { abortSignal }));
}
