import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { CanaryReport } from '../lambda/canary/report.ts';
import { foundationParameterName } from '../lib/foundation-contract.ts';
import { CommandError, EXIT } from './exit-codes.ts';

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
 * @throws CommandError (4) when they cannot be read
 */
export async function readHistory(
  { dynamodb, ssm }: { readonly dynamodb: DynamoDBClient; readonly ssm: SSMClient },
  namePrefix: string,
  count: number,
): Promise<readonly CanaryReport[]> {
  try {
    const Name = foundationParameterName(namePrefix, 'state-table-name');
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    const reports: CanaryReport[] = [];
    // Page by page: one answer of DynamoDB holds 1 MB, and long red reports fill it.
    const pages = paginateQuery(
      { client: dynamodb },
      {
        TableName: Parameter?.Value,
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
    throw new CommandError(
      `The canary's reports cannot be read: ${error instanceof Error ? error.message : String(error)}. ` +
        'Is the environment deployed, and are your AWS credentials for its account and Region?',
      EXIT.unreachable,
    );
  }
}
