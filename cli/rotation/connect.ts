import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readStateItem } from '../../aws/state-table.ts';
import { RECORD_KEY, type RotationRecord } from '../../contract/rotation.ts';
import { rotationStateMachineArn } from '../../lib/names.ts';
import { awsFailure } from '../aws-failure.ts';
import { requireFoundationValue } from '../foundation-values.ts';
import type { Target } from '../target.ts';
import { Executions } from './executions.ts';

/** Reads the rotation record as it is now; `undefined` before the first run has made it. */
export type ReadRecord = () => Promise<RotationRecord | undefined>;

export interface RotationConnections {
  readonly executions: Executions;
  readonly readRecord: ReadRecord;
}

/** Connects to the rotation of an environment. Nothing is asked before it is needed. */
export function connectRotation({
  config,
  clientSettings,
}: Pick<Target, 'config' | 'clientSettings'>): RotationConnections {
  const clients = { dynamodb: new DynamoDBClient(clientSettings), ssm: new SSMClient(clientSettings) };
  return {
    executions: new Executions(new SFNClient(clientSettings), rotationStateMachineArn(config)),
    readRecord: recordReader(clients, config.namePrefix),
  };
}

/**
 * A reader of the record, which looks up the state table once.
 *
 * @param namePrefix - of the environment
 * @returns a reader that throws CommandError (3) when AWS refuses the caller, (4) when the record cannot be read otherwise
 */
export function recordReader(
  { dynamodb, ssm }: { readonly dynamodb: DynamoDBClient; readonly ssm: SSMClient },
  namePrefix: string,
): ReadRecord {
  let tableName: string | undefined;
  return async () => {
    tableName ??= await requireFoundationValue(ssm, namePrefix, 'state-table-name');
    try {
      const item = await readStateItem({ dynamodb, table: tableName }, RECORD_KEY);
      return item && (JSON.parse(item.record?.S ?? '') as RotationRecord);
    } catch (error) {
      throw awsFailure('Could not read the rotation record', error);
    }
  };
}
