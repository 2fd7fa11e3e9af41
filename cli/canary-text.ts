import type { CanaryReport, CheckResult, ServiceRole } from '../contract/canary-report.ts';
import { table } from './format.ts';

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
