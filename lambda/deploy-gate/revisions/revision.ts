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

/** The checks that did not pass before a deploy. */
export type UnprovedBefore = {
  /** Checks that were red, each with its fault. */
  readonly failedBefore: readonly string[];
  /** Checks that were skipped, because one that they need was red. */
  readonly skippedBefore: readonly string[];
};

/** What a rollback to a revision needs. */
export type KeptTemplate = Pick<RevisionRecord, 'stackParameters'> & {
  readonly template: NonNullable<RevisionRecord['template']>;
};

/** Written when a deploy begins. */
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
    /** The event that opened it: a repeated delivery opens no second revision. */
    readonly openedBy: string;
    readonly kept: KeptTemplate | undefined;
  };

/** Written when a deploy ends. */
export type Closing = {
  readonly verdict: Exclude<RevisionVerdict, 'open'>;
  /** The event that asked for the verdict, if that closed it. */
  readonly closedBy?: string | undefined;
  readonly failedChecks?: readonly FailedCheck[];
  /** Why it ended so; the `reason` of break-glass is kept beside it. */
  readonly because?: string;
  /** What made CloudFormation roll the stack back. */
  readonly stackFailure?: StackFailure | undefined;
  /** The expected current verdict. @default 'open' */
  readonly instead?: RevisionVerdict;
};

/** A record with the fields that only the gate uses. */
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

/** Every stored revision, newest first. */
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
 * @returns one more than the last; a deploy that dies before it writes its record leaves a gap
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
 * @returns false, without a write, when the record has another verdict than the expected one
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
 * Sets the defined attributes of a record, provided that it has the expected verdict.
 *
 * @returns false, without a write, when it has another one or does not exist
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
