import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { invokeCanary as invoke } from '../aws/invoke-canary.ts';
import { type CanaryReport, type CheckResult, REPORT_KEY, type ServiceRole } from '../contract/canary-report.ts';
import { awsFailure } from './aws-failure.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { table } from './format.ts';
import { requireFoundationValue } from './foundation-values.ts';

/**
 * Runs the deployed canary and returns its report.
 *
 * The function mints its own token: no secret and no token reaches the caller's machine.
 *
 * @param functionArn - the canary function of the environment: with its account, so that credentials of another one are
 *   refused rather than answered by that account's canary
 * @throws CommandError (3) when AWS refuses the caller, (4) when the function is not there or answers without a report
 */
export async function invokeCanary(lambda: LambdaClient, functionArn: string): Promise<CanaryReport> {
  const { failed, payload } = await invoke(lambda, functionArn).catch((error: unknown) => {
    throw awsFailure(`Could not invoke the canary function ${functionArn}`, error);
  });
  if (!failed && isReport(payload)) return payload;
  const { errorMessage = 'see its log group' } = (payload ?? {}) as { errorMessage?: string };
  throw new CommandError(`The canary function ${functionArn} returned no report: ${errorMessage}.`, EXIT.unreachable);
}

function isReport(payload: unknown): payload is CanaryReport {
  return typeof payload === 'object' && payload !== null && 'verdict' in payload && 'checks' in payload;
}

/** A day of reports, one every five minutes. */
const MAX_REPORTS = 288;
const DEFAULT_REPORTS = 10;

/**
 * Parses the value of `--last [n]`.
 *
 * @param value - `true` when the option came without a number
 * @throws CommandError (2) unless it is a whole number from 1 to 288
 */
export function howMany(value: string | true): number {
  const count = value === true ? DEFAULT_REPORTS : Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_REPORTS) return count;
  throw new CommandError(`--last takes a whole number from 1 to ${MAX_REPORTS}.`, EXIT.configuration);
}

/**
 * The canary's last reports, newest first, whatever triggered them: the schedule, a deployment or a person.
 *
 * @param namePrefix - of the environment; its state table is looked up in Foundation's parameters
 * @throws CommandError (3) when AWS refuses the caller, (4) when they cannot be read otherwise
 */
export async function readHistory(
  { dynamodb, ssm }: { readonly dynamodb: DynamoDBClient; readonly ssm: SSMClient },
  namePrefix: string,
  count: number,
): Promise<readonly CanaryReport[]> {
  const TableName = await requireFoundationValue(ssm, namePrefix, 'state-table-name');
  try {
    const reports: CanaryReport[] = [];
    // Page by page: a DynamoDB response holds at most 1 MB, and long red reports fill it.
    const pages = paginateQuery(
      { client: dynamodb },
      {
        TableName,
        KeyConditionExpression: 'pk = :canary',
        ExpressionAttributeValues: { ':canary': { S: REPORT_KEY } },
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
    throw awsFailure('Could not read the canary reports', error);
  }
}

const CHECK_MARK = { pass: '✔', fail: '✘', skipped: '–', tolerated: '≈' } as const;

const SERVICES: readonly ServiceRole[] = ['mcp', 'catalog'];

/** Rows of service, task and key IDs: each task that answered, and how many did not. */
export function taskRows({
  tasks,
  services,
}: Pick<CanaryReport, 'tasks' | 'services'>): readonly (readonly string[])[] {
  return SERVICES.flatMap((service) => {
    const count = services.find((each) => each.service === service);
    const seen = tasks[service].map(({ task, keyIds }) => [service, task, keyIds.join(', ')]);
    const running = count && count.running > seen.length ? count.running - seen.length : 0;
    return running > 0 ? [...seen, [service, `${running} not seen`, '']] : seen;
  });
}

/** A canary report for people: every check, the tasks that answered, and the verdict last. */
export function canaryTable(report: CanaryReport): string {
  const checks = report.checks.map((check) => [
    `${CHECK_MARK[check.verdict]} ${check.name}`,
    `${check.durationMs} ms`,
    check.verdict === 'tolerated' ? `tolerated: ${check.reason}` : (check.reason ?? ''),
  ]);
  const tasks = taskRows(report);
  const tolerated = report.checks.filter(({ verdict }) => verdict === 'tolerated').length;
  const notes = [
    ...(tolerated > 0 ? [`${tolerated} tolerated`] : []),
    ...(report.attempts > 1 ? [`${report.attempts} attempts`] : []),
  ];
  return [
    table([['CHECK', 'TIME', 'REASON'], ...checks]),
    '',
    ...(tasks.length > 0 ? [table([['SERVICE', 'TASK', 'KEYS'], ...tasks]), ''] : []),
    `Canary ${report.verdict} on ${report.url} in ${(report.durationMs / 1000).toFixed(1)} s` +
      `${notes.length > 0 ? ` (${notes.join(', ')})` : ''}.`,
  ].join('\n');
}

const VERDICT_MARK = { green: '✔', red: '✘' } as const;

/** Reports of the canary for people, a line each: when, why it ran, and what was wrong. */
export function canaryHistoryTable(reports: readonly CanaryReport[]): string {
  if (reports.length === 0) return 'The canary has not run yet.';
  const rows = reports.map(({ startedAt, trigger, verdict, checks }) => [
    startedAt,
    trigger,
    `${VERDICT_MARK[verdict]} ${verdict}`,
    namesOf(checks, 'fail'),
    namesOf(checks, 'tolerated'),
  ]);
  return table([['TIME', 'TRIGGER', 'VERDICT', 'FAILED', 'TOLERATED'], ...rows]);
}

function namesOf(checks: readonly CheckResult[], verdict: CheckResult['verdict']): string {
  const names = checks.filter((check) => check.verdict === verdict).map(({ name }) => name);
  return names.join(', ') || '–';
}
