import type { CanaryReport } from '../lambda/canary/report.ts';
import { table } from './table.ts';

const MARK = { pass: '✔', fail: '✘', skipped: '–' } as const;

/** A canary report for people: every check, the tasks that answered, and the verdict last. */
export function canaryTable(report: CanaryReport): string {
  const checks = report.checks.map((check) => [
    `${MARK[check.verdict]} ${check.name}`,
    `${check.durationMs} ms`,
    check.reason ?? '',
  ]);
  return [
    table([['CHECK', 'TIME', 'REASON'], ...checks]),
    '',
    `Canary ${report.verdict} on ${report.url} in ${(report.durationMs / 1000).toFixed(1)} s.`,
  ].join('\n');
}
