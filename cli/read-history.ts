import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { CanaryReport } from '../contract/canary-report.ts';
import { awsFailure } from './aws-failure.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { readStateTableName } from './state-table-name.ts';

/** The most reports that one command shows: a day of every five minutes. */
const MOST = 288;
const USUAL = 10;

/**
 * The value of `--last [n]`: how many reports are wanted.
 *
 * @param value - `true` when the option came without a number
 * @throws CommandError (2) when it is no whole number from 1 to 288
 */
export function howMany(value: string | true): number {
  const count = value === true ? USUAL : Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new CommandError(`--last takes a whole number from 1 to ${MOST}.`, EXIT.configuration);
}

/**
 * The canary's last reports, newest first, whoever asked for them: the schedule, a deploy or a person.
 *
 * @param namePrefix - of the environment; its state table is looked up in Foundation's contract
 * @throws CommandError (3) when AWS refuses the caller, (4) when they cannot be read otherwise
 */
export async function readHistory(
  { dynamodb, ssm }: { readonly dynamodb: DynamoDBClient; readonly ssm: SSMClient },
  namePrefix: string,
  count: number,
): Promise<readonly CanaryReport[]> {
  try {
    const TableName = await readStateTableName(ssm, namePrefix);
    const reports: CanaryReport[] = [];
    // Page by page: one answer of DynamoDB holds 1 MB, and long red reports fill it.
    const pages = paginateQuery(
      { client: dynamodb },
      {
        TableName,
        KeyConditionExpression: 'pk = :canary',
        ExpressionAttributeValues: { ':canary': { S: 'canary' } },
        ScanIndexForward: false,
        Limit: count,
      },
    );
    for await (const { Items = [] } of pages) {
      reports.push(...Items.map(({ report }) => JSON.parse(report?.S ?? '') as CanaryReport));
      if (reports.length >= count) break;
    }
    return reports.slice(0, count);
  } catch (error) {
    throw awsFailure("The canary's reports cannot be read", error);
  }
}
