import {
  type AttributeValue,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { conditionalWrite, revisionQuery } from '../../../aws/state-table.ts';
import type { StackFailure } from '../../../contract/revision.ts';
import {
  REVISION_COUNTER,
  REVISION_KEY,
  type RevisionRecord,
  type RevisionVerdict,
  revisionRecordOf,
  revisionSortKey,
} from '../../../contract/revision.ts';
import type { FailedCheck } from '../canary.ts';
import { awsCall } from '../refusal.ts';
import type { Connections } from '../settings.ts';

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
type NewRevision = UnprovedBefore &
  Pick<
    RevisionRecord,
    | 'number'
    | 'stackArn'
    | 'fingerprint'
    | 'images'
    | 'parameterVersions'
    | 'tokenLifetimeSeconds'
    | 'reason'
    | 'announcement'
  > & {
    /** The event that opened it: one that is delivered twice opens one revision. */
    readonly openedBy: string;
    readonly kept: KeptTemplate | undefined;
  };

/** What is written when it ends. */
export type Closing = {
  readonly verdict: Exclude<RevisionVerdict, 'open'>;
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
  UnprovedBefore & { readonly openedBy: string; readonly closedBy: string | undefined };

function revisionOf(item: Readonly<Record<string, AttributeValue>>): Revision {
  return {
    ...revisionRecordOf(item),
    openedBy: item.openedBy?.S ?? '',
    closedBy: item.closedBy?.S,
    skippedBefore: (item.skippedBefore?.L ?? []).map(({ S = '' }) => S),
  };
}

/** The key of a revision's item. */
export function keyOf(number: number): Record<string, AttributeValue> {
  return marshall({ pk: REVISION_KEY, sk: revisionSortKey(number) });
}

/** The newest revision, of any deploy. */
export async function readNewestRevision({
  dynamodb,
  settings,
  abortSignal,
}: Connections): Promise<Revision | undefined> {
  const command = new QueryCommand({ ...revisionQuery(settings.stateTable), Limit: 1 });
  const { Items: [newest] = [] } = await awsCall('dynamodb:Query', dynamodb.send(command, { abortSignal }));
  return newest && revisionOf(newest);
}

/** Every revision that is remembered, newest first. */
export function readRevisions({ dynamodb: client, settings, abortSignal }: Connections): Promise<readonly Revision[]> {
  const readAll = async () => {
    const revisions: Revision[] = [];
    const pages = paginateQuery({ client }, revisionQuery(settings.stateTable), { abortSignal });
    for await (const { Items = [] } of pages) revisions.push(...Items.map(revisionOf));
    return revisions;
  };
  return awsCall('dynamodb:Query', readAll());
}

/**
 * Allocates the number of the next revision.
 *
 * @returns one more than the last; a number stays without a revision when a deploy dies before it has written its record
 */
export async function nextNumber({ dynamodb, settings, abortSignal }: Connections): Promise<number> {
  const command = new UpdateItemCommand({
    TableName: settings.stateTable,
    Key: marshall({ pk: REVISION_KEY, sk: REVISION_COUNTER }),
    UpdateExpression: 'ADD #number :one',
    ExpressionAttributeNames: { '#number': 'number' },
    ExpressionAttributeValues: marshall({ ':one': 1 }),
    ReturnValues: 'UPDATED_NEW',
  });
  const { Attributes } = await awsCall('dynamodb:UpdateItem', dynamodb.send(command, { abortSignal }));
  return Number(Attributes?.number?.N);
}

/** Records that a deploy begins. The caller holds the lock. */
export async function openRevision(
  { fingerprint, kept, ...revision }: NewRevision,
  { dynamodb, settings, abortSignal }: Connections,
): Promise<void> {
  const values = { ...revision, ...kept, trigger: fingerprint, openedAt: new Date().toISOString(), verdict: 'open' };
  const Item = { ...keyOf(revision.number), ...marshall(values, { removeUndefinedValues: true }) };
  const command = new PutItemCommand({ TableName: settings.stateTable, Item });
  await awsCall('dynamodb:PutItem', dynamodb.send(command, { abortSignal }));
}

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
    verdict,
    closedAt: new Date().toISOString(),
    closedBy,
    failedChecks: failedChecks?.length ? failedChecks.map(({ name, reason }) => ({ name, reason })) : undefined,
    closedBecause: because,
    stackFailure,
  };
  return updateRevision(number, { verdict: instead, values }, connections);
}

/**
 * Sets attributes of a record, those that are defined, as long as it has a certain verdict.
 *
 * @returns false when it has another one, or is gone: it is then left as it is
 */
export async function updateRevision(
  number: number,
  { verdict, values }: { readonly verdict: RevisionVerdict; readonly values: Readonly<Record<string, unknown>> },
  { dynamodb, settings, abortSignal }: Connections,
): Promise<boolean> {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  const names = set.map(([name]) => name);
  const command = new UpdateItemCommand({
    TableName: settings.stateTable,
    Key: keyOf(number),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: '#is = :was',
    ExpressionAttributeNames: { '#is': 'verdict', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
    ExpressionAttributeValues: marshall({
      ':was': verdict,
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
    }),
  });
  return awsCall('dynamodb:UpdateItem', conditionalWrite(dynamodb.send(command, { abortSignal })));
}
