import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../auth/json-object.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { RECORD_KEY, RESTING_PHASES, type RotationRecord } from '../../contract/rotation.ts';
import { errorName } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import { CheckFailure } from './fault.ts';
import type { CanarySettings } from './settings.ts';

/** As much of the rotation's record as the canary decides by. */
export type KnownRecord = Pick<
  RotationRecord,
  'revision' | 'phase' | 'intended' | 'before' | 'parameters' | 'current' | 'next'
>;

function unreadable(what: string, table: string): CheckFailure {
  return new CheckFailure(
    'record-unreadable',
    `the rotation's record in ${table} ${what}, so that nobody knows what the parameters have to hold. Check the function's ` +
      'role and network, and the item rotation of the table.',
  );
}

function isContent(value: unknown): boolean {
  return isJsonObject(value) && typeof value.signing === 'string' && Array.isArray(value.accepted);
}

function isKeyName(value: unknown): boolean {
  return isJsonObject(value) && typeof value.thumbprint === 'string' && typeof value.keyId === 'string';
}

function isRecord(value: JsonObject | undefined): boolean {
  return (
    typeof value?.revision === 'number' &&
    typeof value.phase === 'string' &&
    isContent(value.intended) &&
    (value.before === undefined || isContent(value.before)) &&
    isJsonObject(value.parameters) &&
    isKeyName(value.current) &&
    (value.next === undefined || isKeyName(value.next))
  );
}

async function readItem(dynamodb: DynamoDBClient, table: string, abortSignal: AbortSignal) {
  try {
    const Key = { pk: { S: RECORD_KEY.pk }, sk: { S: RECORD_KEY.sk } };
    const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
    return (await dynamodb.send(command, { abortSignal })).Item;
  } catch (error) {
    throw unreadable(`could not be read (dynamodb:GetItem failed with ${errorName(error)})`, table);
  }
}

/**
 * Reads what the rotation meant the parameters to hold.
 *
 * @returns `undefined` when nobody knows: there is no table, or no rotation has made the record for these parameters yet
 * @throws CheckFailure `record-unreadable`
 */
export async function readRecord(
  dynamodb: DynamoDBClient,
  { stateTable, secretParameter, keySetParameter }: CanarySettings,
  abortSignal: AbortSignal,
): Promise<KnownRecord | undefined> {
  if (stateTable === undefined) return undefined;
  const item = await readItem(dynamodb, stateTable, abortSignal);
  if (item === undefined) return undefined;
  const value = parseJsonObject(item.record?.S ?? '');
  if (!isRecord(value)) throw unreadable('is not one', stateTable);
  const record = value as unknown as KnownRecord;
  // Under other names there are others, which this record knows nothing of.
  const { secret, keySet } = record.parameters;
  return secret === secretParameter && keySet === keySetParameter ? record : undefined;
}

/** Whether a step is under way: until it ends, tasks may hold what the parameters held before. */
export function isInStep(record: KnownRecord | undefined): boolean {
  return record !== undefined && !RESTING_PHASES.includes(record.phase);
}

/** Partition of the state table that holds the reports; their sort key is the time at which the run began. */
const PARTITION = 'canary';

const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * Keeps a report for 30 days. A failure is logged: what was found out does not depend on whether it could be written down.
 *
 * @param timeoutMs - for all tries together
 */
export async function keepReport(
  dynamodb: DynamoDBClient,
  table: string,
  report: CanaryReport,
  timeoutMs = 5_000,
): Promise<void> {
  const expiresAt = Math.floor(Date.parse(report.startedAt) / 1000) + KEPT_SECONDS;
  const Item = {
    pk: { S: PARTITION },
    sk: { S: report.startedAt },
    report: { S: JSON.stringify(report) },
    expiresAt: { N: String(expiresAt) },
  };
  try {
    await dynamodb.send(new PutItemCommand({ TableName: table, Item }), {
      abortSignal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    log('error', 'report not kept', { operation: 'dynamodb:PutItem', error: errorName(error), table });
  }
}
