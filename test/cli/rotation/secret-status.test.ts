import { commandLine } from '../../../cli/commands/common.ts';
import type { Driver } from '../../../cli/rotation/driver.ts';
import { summaryOf } from '../../../cli/rotation/record-summary.ts';
import { nextRotation, type SecretStatus } from '../../../cli/rotation/secret-status.ts';
import { statusTable } from '../../../cli/rotation/secret-status-table.ts';
import type { RotationRecord } from '../../../contract/rotation.ts';
import { CREATE, CURRENT, GRACE, IDLE, NEXT, RETIRE } from '../support/records.ts';

const NOW = Date.parse('2026-01-02T03:02:25.000Z');
const MONTHLY = { everyDays: 30, paused: false, rollOutMinutes: 15 };

function statusOf(record: RotationRecord, driver?: Driver): SecretStatus {
  const rotation = summaryOf(record, driver);
  return {
    parameters: [
      { name: '/quilt/mcp-server/jwt-secret', version: 4, modifiedAt: '2026-01-02T03:01:00.000Z' },
      { name: '/quilt/mcp-server/jwt-verification-keys' },
    ],
    rotation,
    nextRotation: nextRotation(rotation, MONTHLY, NOW),
    canary: {
      verdict: 'green',
      tasks: {
        mcp: [{ task: 'mcp-1', keyIds: [CURRENT.keyId, NEXT.keyId] }],
        catalog: [{ task: 'catalog-1', keyIds: [NEXT.keyId] }],
      },
      services: [{ service: 'mcp', running: 2, desired: 2 }],
      failed: [],
    },
  };
}

/** Whatever terminal the tests run in. */
beforeAll(() => {
  process.stdout.columns = 200;
});

function tableOf(status: SecretStatus): string {
  return statusTable(status, NOW, (command) => commandLine(command, 'production'));
}

test('shows parameters, keys, rotation, tasks and verdict', () => {
  expect(tableOf(statusOf(GRACE, { state: 'running' }))).toBe(
    [
      '  PARAMETER                                VERSION  LAST MODIFIED',
      '  /quilt/mcp-server/jwt-secret             4        2026-01-02T03:01:00.000Z',
      '  /quilt/mcp-server/jwt-verification-keys  missing  –',
      '',
      '  KEY                         USE              ACCEPTED SINCE',
      '  frontend-enhanced.BBBBBBBB  signs, accepted  2026-01-02T03:00:00.000Z',
      '  frontend-enhanced.AAAAAAAA  accepted         2025-12-01T00:00:00.000Z',
      '',
      '  ROTATION',
      '  phase               grace, forward, since 2026-01-02T03:02:00.000Z',
      '  execution           manual-20260102T030000-beef is running',
      '  secret signs since  2026-01-02T03:01:00.000Z (1 min 25 s)',
      '  grace until         2026-01-02T03:03:05.000Z (40 s left)',
      '  last outcome        –',
      '  next rotation       after the rotation under way: bin/quiltctl rotate --watch --environment production follows it',
      '',
      '  SERVICE  TASK        KEYS',
      '  mcp      mcp-1       frontend-enhanced.AAAAAAAA, frontend-enhanced.BBBBBBBB',
      '  mcp      1 not seen',
      '  catalog  catalog-1   frontend-enhanced.BBBBBBBB',
      '',
      'Canary green.',
    ].join('\n'),
  );
});

test('shows why it stopped, why it rolls back, and how the last run ended', () => {
  const shown = tableOf(
    statusOf({
      ...CREATE,
      direction: 'back',
      backBecause: 'The canary is red.',
      stopped: { reason: 'MCP cannot be rolled.', at: '2026-01-02T03:02:00.000Z', execution: '' },
      last: { outcome: 'aborted', reason: 'A person asked.', at: '2025-12-02T00:00:00.000Z', execution: '' },
    }),
  );
  expect(shown).toContain('The canary is red.');
  expect(shown).toContain('2026-01-02T03:02:00.000Z: MCP cannot be rolled.');
  expect(shown).toContain('aborted at 2025-12-02T00:00:00.000Z: A person asked.');
  expect(shown).toContain('rotate --resume --environment production resumes it');
});

test.each<[string, Driver]>([
  [
    'ended (ABORTED, 2026-01-02T03:01:30.000Z)',
    { state: 'ended', status: 'ABORTED', endedAt: '2026-01-02T03:01:30.000Z' },
  ],
  ['ended (TIMED_OUT)', { state: 'ended', status: 'TIMED_OUT' }],
  ['ended (Step Functions has no record of it)', { state: 'ended' }],
])('a rotation whose execution %s is not shown as alive, and says what to run', (says, driver) => {
  const status = statusOf(CREATE, driver);
  const shown = tableOf(status);
  expect(shown).toContain(
    `execution           manual-20260102T030000-beef ${says}: run bin/quiltctl rotate --resume --environment production\n`,
  );
  expect(shown).toMatch(/next rotation +after the rotation whose execution ended: bin\/quiltctl rotate --resume/);
  expect(shown).not.toContain('rotate --watch');
  expect(status).toMatchObject({ rotation: { driver }, nextRotation: { state: 'execution-ended' } });
});

test('reports an unchecked execution as such, not as ended', () => {
  const status = statusOf(CREATE, { state: 'not-checked', reason: 'Said AWS.' });
  expect(tableOf(status)).toContain('manual-20260102T030000-beef could not be checked: Said AWS.');
  expect(status.nextRotation).toEqual({ state: 'under-way' });
});

test('shows public key IDs, but no whole thumbprints', () => {
  expect(JSON.stringify(summaryOf(GRACE))).not.toContain(CURRENT.thumbprint);
});

test.each([
  ['at rest', IDLE, [CURRENT.keyId], CURRENT.keyId],
  ['before the next key signs', CREATE, [CURRENT.keyId, NEXT.keyId], CURRENT.keyId],
  ['in the grace time', GRACE, [NEXT.keyId, CURRENT.keyId], NEXT.keyId],
  ['once the old key is gone', RETIRE, [NEXT.keyId], NEXT.keyId],
])('%s, the accepted keys and the one that signs', (_, record, accepted, signs) => {
  expect(summaryOf(record)).toMatchObject({ acceptedKeyIds: accepted, signingKeyId: signs });
});

test.each([
  ['scheduled', IDLE, { everyDays: 40 }, { state: 'scheduled', at: '2026-01-10T00:00:00.000Z' }],
  ['due', IDLE, { everyDays: 30 }, { state: 'due', at: '2025-12-31T00:00:00.000Z' }],
  ['paused', IDLE, { paused: true }, { state: 'paused' }],
  ['under way although it is paused', GRACE, { paused: true }, { state: 'under-way' }],
  ['stopped', { ...GRACE, stopped: { reason: '', at: '', execution: '' } }, {}, { state: 'stopped' }],
])('the next rotation is %s', (_, record, configured, expected) => {
  expect(nextRotation(summaryOf(record), { ...MONTHLY, ...configured }, NOW)).toEqual(expected);
});
