import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { LOCK_KEY, type LockHolder } from '../../aws/state-table.ts';
import type { HolderLife } from './holder.ts';

/** Releases of the lock stand beside it, by their time. */
const RELEASE = 'release#';
const MAX_RELEASES = 10;

/** One release of the lock by a person. */
export interface Release {
  /** ISO 8601. */
  readonly at: string;
  /** ARN of the principal. */
  readonly by: string;
  /** The reason that was given; none is needed for a holder that has ended. */
  readonly reason?: string;
  /** Whether the holder was not known to have ended. */
  readonly forced: boolean;
  readonly holder: LockHolder & { readonly life: HolderLife };
}

/** Who holds the deploy lock. JSON. */
export interface LockStatus {
  /** `null` when it is free. */
  readonly lock: (LockHolder & { readonly life: HolderLife }) | null;
  /** Releases by people, newest first. */
  readonly releases: readonly Release[];
}

/**
 * The last releases of the lock, newest first.
 *
 * @throws what the SDK throws
 */
export async function readReleases(dynamodb: DynamoDBClient, stateTable: string): Promise<readonly Release[]> {
  const command = new QueryCommand({
    TableName: stateTable,
    KeyConditionExpression: 'pk = :lock AND begins_with(sk, :release)',
    ExpressionAttributeValues: { ':lock': { S: LOCK_KEY.pk }, ':release': { S: RELEASE } },
    ScanIndexForward: false,
    ConsistentRead: true,
    Limit: MAX_RELEASES,
  });
  const { Items = [] } = await dynamodb.send(command);
  return Items.map(({ release }) => JSON.parse(release?.S ?? '') as Release);
}

/**
 * Removes the lock of exactly this holder and records who did it and why, in one transaction.
 *
 * @returns false when the lock changed hands or is free
 * @throws what the SDK throws
 */
export async function releaseLock(dynamodb: DynamoDBClient, stateTable: string, release: Release): Promise<boolean> {
  const key = (sk: string) => ({ pk: { S: LOCK_KEY.pk }, sk: { S: sk } });
  const { owner, takenAt } = release.holder;
  const same = conditionOf({ owner, takenAt });
  const command = new TransactWriteItemsCommand({
    TransactItems: [
      { Delete: { TableName: stateTable, Key: key(LOCK_KEY.sk), ...same } },
      {
        Put: {
          TableName: stateTable,
          Item: { ...key(`${RELEASE}${release.at}`), release: { S: JSON.stringify(release) } },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ],
  });
  try {
    await dynamodb.send(command);
    return true;
  } catch (error) {
    const codes = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (codes.some(({ Code }) => Code === 'ConditionalCheckFailed')) return false;
    throw error;
  }
}

/** The condition that attributes are unchanged; an empty one was absent. */
function conditionOf(values: Readonly<Record<string, string>>) {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  const terms = Object.entries(values).map(([name, value]) =>
    value === '' ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
  );
  const texts = given.map(([name, S]): [string, AttributeValue] => [`:${name}`, { S }]);
  return {
    ConditionExpression: ['attribute_exists(pk)', ...terms].join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(Object.keys(values).map((name) => [`#${name}`, name])),
    ...(texts.length > 0 && { ExpressionAttributeValues: Object.fromEntries(texts) }),
  };
}
