import type { CanaryReport, CheckResult } from '../contract/canary-report.ts';
import { table } from './table.ts';

const MARK = { green: '✔', red: '✘' } as const;

/** Reports of the canary for people, a line each: when, why it ran, and what was wrong. */
export function historyTable(reports: readonly CanaryReport[]): string {
  if (reports.length === 0) return 'The canary has not run yet.';
  const rows = reports.map(({ startedAt, trigger, verdict, checks }) => [
    startedAt,
    trigger,
    `${MARK[verdict]} ${verdict}`,
    namesOf(checks, 'fail'),
    namesOf(checks, 'tolerated'),
  ]);
  return table([['TIME', 'TRIGGER', 'VERDICT', 'FAILED', 'TOLERATED'], ...rows]);
}

function namesOf(checks: readonly CheckResult[], verdict: CheckResult['verdict']): string {
  const names = checks.filter((check) => check.verdict === verdict).map(({ name }) => name);
  return names.join(', ') || '–';
}
