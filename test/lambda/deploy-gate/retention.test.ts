import { superfluous } from '../../../lambda/deploy-gate/revisions/retention.ts';
import { closeServers } from '../support/servers.ts';
import { Sender } from './events.ts';
import { FakeAccount, type Item, STACK } from './fake-account.ts';

const NOW = Date.UTC(2026, 0, 31);
const HOUR_MS = 3_600_000;

const hoursAgo = (hours: number, now = NOW) => new Date(now - hours * HOUR_MS).toISOString();

afterEach(closeServers);

describe('of the revisions, with three to be kept,', () => {
  type Row = readonly [
    number: number,
    verdict: 'open' | 'good' | 'failed' | 'unverified',
    closedHoursAgo?: number,
    rollbackTo?: number,
  ];

  test.each<[string, readonly Row[], readonly number[]]>([
    [
      'the oldest go',
      [
        [5, 'good', 30],
        [4, 'good', 40],
        [3, 'good', 50],
        [2, 'good', 60],
        [1, 'good', 70],
      ],
      [2, 1],
    ],
    [
      'no more go than there are',
      [
        [3, 'good', 50],
        [1, 'good', 70],
      ],
      [],
    ],
    [
      'what runs stays, and what a rollback goes back to',
      [
        [9, 'failed', 30],
        [8, 'failed', 31],
        [7, 'failed', 32],
        [6, 'unverified', 40],
        [5, 'failed', 50],
        [4, 'good', 60],
        [3, 'good', 70],
      ],
      [5, 3],
    ],
    [
      'what a rollback goes back to stays, however much was rolled away from',
      [
        [9, 'good', 30, 7],
        [8, 'good', 40],
        [7, 'good', 41, 3],
        [6, 'good', 42],
        [5, 'good', 43],
        [4, 'good', 44],
        [3, 'good', 50],
        [2, 'good', 60],
        [1, 'good', 70],
      ],
      [6, 5, 4, 3, 1],
    ],
    [
      'the rollbacks on the way stay, by which it is known what was rolled away from',
      [
        [9, 'unverified', 30],
        [8, 'failed', 40],
        [7, 'failed', 41],
        [6, 'unverified', 42, 2],
        [5, 'good', 43],
        [4, 'failed', 44],
        [2, 'good', 60],
        [1, 'good', 70],
      ],
      [5, 4, 1],
    ],
    [
      'what was replaced within the last day stays: its tokens live',
      [
        [6, 'good', 0],
        [5, 'good', 1],
        [4, 'good', 24],
        [3, 'good', 26],
        [2, 'good', 40],
        [1, 'good', 50],
      ],
      [2, 1],
    ],
    [
      'what ran until a day ago stays, however many deploys have failed meanwhile',
      [
        [9, 'good', 1],
        [8, 'failed', 50],
        [7, 'failed', 51],
        [6, 'failed', 52],
        [5, 'failed', 53],
        [4, 'good', 60],
        [3, 'good', 70],
        [2, 'good', 80],
      ],
      [3, 2],
    ],
    [
      'all stay while a deploy may be the first that replaces them',
      [
        [5, 'open'],
        [4, 'failed', 30],
        [3, 'failed', 40],
        [2, 'failed', 50],
        [1, 'failed', 60],
      ],
      [],
    ],
  ])('%s', (_, rows, gone) => {
    const revisions = rows.map(([number, verdict, hours, rollbackTo]) => ({
      number,
      verdict,
      announcement: { rollbackTo },
      closedAt: hours === undefined ? undefined : hoursAgo(hours),
    }));
    expect(superfluous(revisions, 3, NOW).map(({ number }) => number)).toEqual(gone);
  });
});

describe('after a verdict', () => {
  let account: FakeAccount;
  let cloudformation: Sender;

  /** Good revisions of days ago with their templates, of which those in `lost` died before they had a record. */
  function remember(count: number, lost: readonly number[] = []): void {
    for (let number = 1; number <= count; number += 1) {
      const sk = String(number).padStart(6, '0');
      const key = `revisions/${sk}.json`;
      account.objects.set(key, '{}');
      if (lost.includes(number)) continue;
      account.items.set(`revision|${sk}`, {
        pk: { S: 'revision' },
        sk: { S: sk },
        number: { N: String(number) },
        stackArn: { S: STACK },
        verdict: { S: 'good' },
        closedAt: { S: hoursAgo(30 + count - number, Date.now()) },
        template: { M: { key: { S: key }, sha256: { S: 'x' } } },
      });
    }
    account.items.set('revision|last', { pk: { S: 'revision' }, sk: { S: 'last' }, number: { N: String(count) } });
  }

  const numbers = () => account.revisions.map(({ number }) => Number(number?.N));
  const templates = () => [...account.objects.keys()].sort();
  const keyOf = ({ template }: Item) => template?.M?.key?.S;
  const named = () => account.revisions.flatMap((record) => keyOf(record) ?? []);

  beforeEach(async () => {
    account = await FakeAccount.start();
    cloudformation = new Sender(account, { keepRevisions: 10 });
  });

  test.each(['green', 'red'])('that is %s, record and template go together, over all pages', async (verdict) => {
    remember(25);
    account.pageSize = 4;
    await cloudformation.gate();
    const check = { name: 'no-token-refused', verdict: 'fail', reason: 'accepted' };
    account.canary = { verdict, checks: verdict === 'red' ? [check] : [] };
    const { logs } = await cloudformation.verdict();
    expect(numbers()).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);
    expect(templates()).toEqual(named());
    expect(logs).toContain('"message":"old revisions removed","revisions":["1","2","3"');
  });

  test('the lock is free before old revisions are looked at', async () => {
    remember(25);
    await cloudformation.gate();
    account.operations.length = 0;
    await cloudformation.verdict();
    const [released, removed] = [account.operations.indexOf('DeleteItem'), account.operations.indexOf('DeleteObject')];
    expect(account.lock).toBeUndefined();
    expect(released).toBeGreaterThanOrEqual(0);
    expect(released).toBeLessThan(removed);
  });

  test('so do templates of deploys that died before they had a record', async () => {
    remember(25, [5, 6, 20]);
    await cloudformation.gate();
    await cloudformation.verdict();
    expect(templates()).toEqual([...named(), 'revisions/000020.json'].sort());
  });

  test('many are removed by and by', async () => {
    remember(70);
    await cloudformation.gate();
    await cloudformation.verdict();
    expect(numbers()).toHaveLength(21);
    expect(numbers()[0]).toBe(51);
  });

  test('that they cannot be removed fails no deploy', async () => {
    remember(25);
    await cloudformation.gate();
    account.failing.add('DeleteObject');
    const { Status, logs } = await cloudformation.verdict();
    expect(Status).toBe('SUCCESS');
    expect(account.verdicts.at(-1)).toBe('good');
    expect(templates()).toEqual(expect.arrayContaining(named()));
    expect(logs).toContain('"message":"old revisions not removed","code":"aws-call-failed"');
  });

  test('wherever it dies, no record names a template that is gone, and the next one ends it', async () => {
    const deaths = Array.from({ length: 20 }, (_, index) => index + 1).flatMap((call) =>
      (['before', 'after'] as const).map((when) => ({ call, when })),
    );
    for (const { call, when } of deaths) {
      account.items.clear();
      account.objects.clear();
      remember(13, [2]);
      await cloudformation.gate();
      account.crash = { call: account.calls + call, when };
      await cloudformation.verdict();
      account.revive();
      const left = templates();
      expect({ call, when, missing: named().filter((key) => !left.includes(key)) }).toEqual({
        call,
        when,
        missing: [],
      });

      await cloudformation.gate();
      await cloudformation.verdict();
      expect(templates()).toEqual(named());
      expect(named()).toHaveLength(10);
    }
  }, 60_000);
});
