import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { REVISION_COUNTER, REVISION_KEY } from '../contract/revision.ts';

/** The state table, and the deadline of calls to it. */
export type StateTableAccess = {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly abortSignal: AbortSignal;
};

type StateKey = { readonly pk: string; readonly sk: string };

/**
 * Reads an item of the state table with strong consistency.
 *
 * @returns `undefined` when it does not exist
 * @throws the error of the SDK; do not show its message (see `errorName`)
 */
export async function readStateItem(
  { dynamodb, table, abortSignal }: Omit<StateTableAccess, 'abortSignal'> & { readonly abortSignal?: AbortSignal },
  { pk, sk }: StateKey,
): Promise<Readonly<Record<string, AttributeValue>> | undefined> {
  const command = new GetItemCommand({ TableName: table, Key: marshall({ pk, sk }), ConsistentRead: true });
  return (await dynamodb.send(command, { ...(abortSignal && { abortSignal }) })).Item;
}

/**
 * Waits for a conditional write to DynamoDB.
 *
 * @returns whether the condition held
 * @throws every other error of the SDK; do not show its message (see `errorName`)
 */
export async function conditionalWrite(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/**
 * The query for every revision, newest first.
 *
 * @param table - the state table
 */
export function revisionQuery(table: string) {
  return {
    TableName: table,
    KeyConditionExpression: 'pk = :revision AND sk < :counter',
    ExpressionAttributeValues: marshall({ ':revision': REVISION_KEY, ':counter': REVISION_COUNTER }),
    ScanIndexForward: false,
    ConsistentRead: true,
  };
}

/** Key of the deploy lock: the one item that names who may change the services or their secret. */
export const LOCK_KEY = { pk: 'lock', sk: '-' } as const;

/** The holder of the deploy lock. */
export type LockHolder = {
  /** ARN of the stack, or of the execution. */
  readonly owner: string;
  /** `deploy` or `rotation`; a later release may know more kinds. */
  readonly kind: string;
  /** ISO 8601. */
  readonly takenAt: string;
};

/**
 * Reads the holder of the deploy lock.
 *
 * @returns `undefined` when it is free
 * @throws the error of the SDK
 */
export async function readLock(access: StateTableAccess): Promise<LockHolder | undefined> {
  const item = await readStateItem(access, LOCK_KEY);
  return item && { owner: item.owner?.S ?? '', kind: item.kind?.S ?? '', takenAt: item.takenAt?.S ?? '' };
}

/** @param from - see `takeLock` */
function lockCondition(owner: string, from: LockHolder | 'free' | 'free-or-own'): Partial<PutItemCommandInput> {
  if (from === 'free') return { ConditionExpression: 'attribute_not_exists(pk)' };
  if (from === 'free-or-own') {
    return {
      ConditionExpression: 'attribute_not_exists(pk) OR #owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: marshall({ ':owner': owner }),
    };
  }
  return {
    ConditionExpression: '#owner = :owner AND #takenAt = :takenAt',
    ExpressionAttributeNames: { '#owner': 'owner', '#takenAt': 'takenAt' },
    ExpressionAttributeValues: marshall({ ':owner': from.owner, ':takenAt': from.takenAt }),
  };
}

/**
 * Takes the deploy lock.
 *
 * @param from - the holder that was read: the lock is taken only from that one, since two callers may find the same stale holder
 * @returns false when another holder has it by now
 * @throws the error of the SDK
 */
export async function takeLock(
  { dynamodb, table, abortSignal }: StateTableAccess,
  { owner, kind }: Pick<LockHolder, 'owner' | 'kind'>,
  from: LockHolder | 'free' | 'free-or-own',
): Promise<boolean> {
  const Item = marshall({ ...LOCK_KEY, owner, kind, takenAt: new Date().toISOString() });
  const command = new PutItemCommand({ TableName: table, Item, ...lockCondition(owner, from) });
  return conditionalWrite(dynamodb.send(command, { abortSignal }));
}

/**
 * Releases the deploy lock if `owner` holds it.
 *
 * @throws the error of the SDK
 */
export async function releaseLock({ dynamodb, table, abortSignal }: StateTableAccess, owner: string): Promise<void> {
  const command = new DeleteItemCommand({
    TableName: table,
    Key: marshall(LOCK_KEY),
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: marshall({ ':owner': owner }),
  });
  await conditionalWrite(dynamodb.send(command, { abortSignal }));
}
