import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { RECORD_KEY, type RotationRecord } from '../../contract/rotation.ts';
import { awsFailure } from '../aws-failure.ts';
import { readStateTableName } from '../foundation-values.ts';

/** Reads the record of the rotation as it is now; `undefined` before the first run has made it. */
export type ReadRecord = () => Promise<RotationRecord | undefined>;

/**
 * A reader of the record, which looks the state table up once.
 *
 * @param namePrefix - of the environment
 * @returns a reader that throws CommandError (3) when AWS refuses the caller, (4) when the record cannot be read otherwise
 */
export function recordReader(
  { dynamodb, ssm }: { readonly dynamodb: DynamoDBClient; readonly ssm: SSMClient },
  namePrefix: string,
): ReadRecord {
  const Key = { pk: { S: RECORD_KEY.pk }, sk: { S: RECORD_KEY.sk } };
  let tableName: string | undefined;
  return async () => {
    try {
      tableName ??= await readStateTableName(ssm, namePrefix);
      const { Item } = await dynamodb.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : (JSON.parse(Item.record?.S ?? '') as RotationRecord);
    } catch (error) {
      throw awsFailure('The record of the rotation cannot be read', error);
    }
  };
}
