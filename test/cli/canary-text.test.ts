import { canaryTable } from '../../cli/canary.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';

const REPORT: CanaryReport = {
  verdict: 'green',
  trigger: 'deploy',
  startedAt: '2026-01-31T12:00:00.000Z',
  durationMs: 1_240,
  attempts: 2,
  url: 'https://quilt.example.org',
  keyIds: { signing: 'label.abcdefgh', accepted: ['label.abcdefgh'] },
  tools: [],
  tasks: { mcp: [{ task: '00000000000000aa', keyIds: ['label.abcdefgh'] }], catalog: [] },
  services: [{ service: 'mcp', running: 2, desired: 2 }],
  checks: [
    { name: 'mcp-reachable', verdict: 'pass', durationMs: 3 },
    { name: 'tasks-agree', verdict: 'tolerated', durationMs: 4, reason: 'not-provable: reason' },
  ],
};

test('shows every check, tolerated failures, every task, and the number of tasks not seen', () => {
  expect(canaryTable(REPORT).split('\n')).toEqual([
    '  CHECK            TIME  REASON',
    '  ✔ mcp-reachable  3 ms',
    '  ≈ tasks-agree    4 ms  tolerated: not-provable: reason',
    '',
    '  SERVICE  TASK              KEYS',
    '  mcp      00000000000000aa  label.abcdefgh',
    '  mcp      1 not seen',
    '',
    'Canary green on https://quilt.example.org in 1.2 s (1 tolerated, 2 attempts).',
  ]);
});

test('omits empty parts', () => {
  const shown = canaryTable({ ...REPORT, attempts: 1, checks: [], tasks: { mcp: [], catalog: [] }, services: [] });
  expect(shown.split('\n')).toEqual([
    '  CHECK  TIME  REASON',
    '',
    'Canary green on https://quilt.example.org in 1.2 s.',
  ]);
});
