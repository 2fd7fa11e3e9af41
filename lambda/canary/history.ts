import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { errorName } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';

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
