import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../auth/encoding.ts';
import { readStateItem } from '../../aws/state-table.ts';
import { type CanaryReport, REPORT_KEY } from '../../contract/canary-report.ts';
import { RECORD_KEY, RESTING_PHASES, type RotationRecord } from '../../contract/rotation.ts';
import { errorName } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import { CheckFailure } from './fault.ts';
import type { CanarySettings } from './settings.ts';

/** The part of the rotation's record that the canary uses. */
export type KnownRecord = Pick<
  RotationRecord,
  'revision' | 'phase' | 'intended' | 'before' | 'parameters' | 'current' | 'next'
>;

function unreadable(what: string, table: string): CheckFailure {
  return new CheckFailure(
    'record-unreadable',
    `the rotation's record in ${table} ${what}, so the expected content of the parameters is unknown. Check the function's ` +
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

/**
 * Reads the intended content of the parameters.
 *
 * @returns `undefined` when it is unknown: there is no table, or no record for these parameters yet
 * @throws CheckFailure `record-unreadable`
 */
export async function readRecord(
  dynamodb: DynamoDBClient,
  { stateTable, secretParameter, keySetParameter }: CanarySettings,
  abortSignal: AbortSignal,
): Promise<KnownRecord | undefined> {
  if (stateTable === undefined) return undefined;
  const item = await readStateItem({ dynamodb, table: stateTable, abortSignal }, RECORD_KEY).catch((error: unknown) => {
    throw unreadable(`could not be read (dynamodb:GetItem failed with ${errorName(error)})`, stateTable);
  });
  if (item === undefined) return undefined;
  const value = parseJsonObject(item.record?.S ?? '');
  if (!isRecord(value)) throw unreadable('is invalid', stateTable);
  const record = value as unknown as KnownRecord;
  // The record is of parameters with other names.
  const { secret, keySet } = record.parameters;
  return secret === secretParameter && keySet === keySetParameter ? record : undefined;
}

/** Whether a step is in progress: until it ends, tasks may have the previous content of the parameters. */
export function isInStep(record: KnownRecord | undefined): boolean {
  return record !== undefined && !RESTING_PHASES.includes(record.phase);
}

const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * Stores a report for 30 days. A failure is only logged: the result does not depend on it.
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
  const Item = marshall({ pk: REPORT_KEY, sk: report.startedAt, report: JSON.stringify(report), expiresAt });
  try {
    await dynamodb.send(new PutItemCommand({ TableName: table, Item }), {
      abortSignal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    log('error', 'report not kept', { operation: 'dynamodb:PutItem', error: errorName(error), table });
  }
}
