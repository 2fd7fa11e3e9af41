import { revisionHistoryTable } from '../../../cli/revisions/history.ts';
import { summaryOf } from '../../../cli/revisions/summary.ts';
import { revisionText } from '../../../cli/revisions/texts.ts';
import { type RevisionRecord, revisionRecordOf } from '../../../contract/revision.ts';
import { revision, STACK } from './support/records.ts';

const record = (...its: Parameters<typeof revision>): RevisionRecord => revisionRecordOf(revision(...its).item);

const ANNOUNCED = {
  M: {
    by: { S: 'arn:aws:sts::111122223333:assumed-role/Operator/alice' },
    commit: { S: '0123456789abcdef0123456789abcdef01234567' },
    dirty: { BOOL: true },
    versions: { M: { 'aws-cdk': { S: '2.1148.1' } } },
    rollbackTo: { N: '1' },
  },
};
const RED = {
  verdict: { S: 'failed' },
  closedBecause: { S: 'canary-red: It is.' },
  failedBefore: { L: [{ S: 'key-ids-agree: unequal' }] },
  failedChecks: { L: [{ M: { name: { S: 'no-token-refused' }, reason: { S: 'accepted: it was served' } } }] },
};

const GOOD = record(1);
const ROLLED_BACK = record(2, {}, { announcement: ANNOUNCED });
const BREAK_GLASS = record(3, { reason: 'It has to run.' }, { verdict: { S: 'unverified' }, template: undefined });
const FAILED = record(4, {}, RED);
const OPEN = record(5, {}, { verdict: { S: 'open' }, closedAt: undefined });

const RUNNING = { stack: { arn: STACK, status: 'UPDATE_IN_PROGRESS' }, current: ROLLED_BACK };
const TOLD = [OPEN, FAILED, BREAK_GLASS, ROLLED_BACK, GOOD].map((each) => summaryOf(each, RUNNING));

test('lists a line for each revision, and marks the current one', () => {
  const [lines] = revisionHistoryTable(TOLD, Number.POSITIVE_INFINITY).split('\n\n');
  expect(lines).toBe(
    [
      '     NO  OPENED                VERDICT       WHAT              BY                           COMMIT     CATALOG       MCP           SECRET  KEY SET',
      '     5   2026-01-06T03:04:05Z  … open        deploy            –                            –          111111111111  111111111111  3       5',
      '     4   2026-01-05T03:04:05Z  ✘ failed      deploy            –                            –          111111111111  111111111111  3       5',
      '     3   2026-01-04T03:04:05Z  ≈ unverified  break-glass       –                            –          111111111111  111111111111  3       5        no template',
      '  →  2   2026-01-03T03:04:05Z  ✔ good        rolled back to 1  assumed-role/Operator/alice  01234567+  111111111111  111111111111  3       5',
      '     1   2026-01-02T03:04:05Z  ✔ good        deploy            –                            –          111111111111  111111111111  3       5',
    ].join('\n'),
  );
  expect(revisionHistoryTable([])).toBe('Nothing has been deployed yet.');
});

test('at 80 columns, names the omitted columns and still has a line for each revision', () => {
  const lines = revisionHistoryTable(TOLD, 80).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.slice(0, 8)).toEqual([
    '     NO  OPENED                VERDICT       WHAT',
    '     5   2026-01-06T03:04:05Z  … open        deploy',
    '     4   2026-01-05T03:04:05Z  ✘ failed      deploy',
    '     3   2026-01-04T03:04:05Z  ≈ unverified  break-glass       no template',
    '  →  2   2026-01-03T03:04:05Z  ✔ good        rolled back to 1',
    '     1   2026-01-02T03:04:05Z  ✔ good        deploy',
    '',
    '  Not shown in 80 columns: KEY SET, SECRET, BY, CATALOG, MCP, COMMIT. With',
  ]);
});

test.each([
  ['its stack is not being changed', { arn: STACK, status: 'UPDATE_ROLLBACK_COMPLETE' }],
  ['its stack is another one by now', { arn: `${STACK}-more`, status: 'UPDATE_IN_PROGRESS' }],
  ['there is no stack any more', undefined],
])('a revision has ended without a verdict when it is open and %s', (_, stack) => {
  expect(summaryOf(OPEN, { stack, current: undefined }).verdict).toBe('ended-without-verdict');
});

test('shows everything in the record', () => {
  const shown = revisionText(summaryOf(FAILED, { stack: undefined, current: undefined }));
  expect(shown).toMatch(/because +canary-red: It is\.$/m);
  expect(shown).toMatch(/no-token-refused +accepted: it was served$/m);
  expect(shown).toContain('Already red before the deployment: key-ids-agree: unequal.');
  expect(shown).toMatch(/VpcId +\/quilt\/foundation\/v1\/vpc-id$/m);
  expect(shown).toMatch(/by +unknown \(not started by bin\/quiltctl\)$/m);

  const announced = revisionText(summaryOf(ROLLED_BACK, { stack: undefined, current: ROLLED_BACK }));
  expect(announced).toContain('REVISION 2');
  expect(announced).toContain('runs now');
  expect(announced).toMatch(/commit +0123456789abcdef0123456789abcdef01234567, with uncommitted changes$/m);
  expect(announced).toMatch(/aws-cdk +2\.1148\.1$/m);
});

const BACK = { verdict: { S: 'failed' }, closedBecause: { S: 'The stack went back to what it was before.' } };
const SERVICE = { M: { resource: { S: 'Mcp' }, type: { S: 'AWS::ECS::Service' }, reason: { S: 'no capacity' } } };

test.each<[string, RevisionRecord, string | undefined, string | undefined]>([
  ['a red canary, by the checks', FAILED, undefined, 'the canary was red: no-token-refused'],
  ['a resource', record(4, {}, { ...BACK, stackFailure: SERVICE }), undefined, 'Mcp (AWS::ECS::Service): no capacity.'],
  ['what nobody knows any more', record(4, {}, BACK), 'it has forgotten it', 'unknown: it has forgotten it'],
  ['nothing', GOOD, undefined, undefined],
])('a revision says what failed: %s', (_, its, unknown, says) => {
  const shown = revisionText(summaryOf(its, { stack: undefined, current: undefined }), unknown);
  expect(/^ +what failed +(?<text>.*)$/m.exec(shown)?.groups?.text).toBe(says);
});

test('shows a record of an earlier release, which lacks later fields', () => {
  const { announcement: _, template, tokenLifetimeSeconds, ...old } = revision(1).item;
  const summary = summaryOf(revisionRecordOf(old), { stack: undefined, current: undefined });
  expect(summary).toMatchObject({ by: null, commit: null, template: null, tokenLifetimeSeconds: null });
  expect(revisionText(summary)).toContain('not kept; you cannot roll back to this revision');
});
