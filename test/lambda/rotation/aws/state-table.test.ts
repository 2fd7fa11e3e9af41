import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RotationRecord } from '../../../../contract/rotation.ts';
import { StateTable } from '../../../../lambda/rotation/aws/state-table.ts';
import { EXECUTION, FakeAccount, STACK } from '../../deploy-gate/fake-account.ts';
import { useFakeAws } from '../../support/fake-aws.ts';
import { closeServers } from '../../support/servers.ts';
import { RECORD } from '../support/record.ts';
import { startScriptedAws } from '../support/scripted-aws.ts';

const OTHER_EXECUTION = `${EXECUTION}-other`;

const NEXT: RotationRecord = { ...RECORD, revision: 8, phase: 'testSecret' };

/** The part of the table that a rotation has, over the real protocol. */
function openTable(): StateTable {
  return new StateTable({
    dynamodb: new DynamoDBClient({ maxAttempts: 1 }),
    table: 'state',
    abortSignal: new AbortController().signal,
  });
}

afterEach(closeServers);

describe('in a table that keeps its items', () => {
  let account: FakeAccount;
  let table: StateTable;

  beforeEach(async () => {
    account = await FakeAccount.start();
    useFakeAws(account.endpoint);
    table = openTable();
  });

  describe('the record', () => {
    test('is what was written, with what others read of it beside it', async () => {
      expect(await table.records.read()).toBeUndefined();
      expect(await table.records.write(RECORD, undefined)).toBe(true);
      expect(await table.records.read()).toEqual(RECORD);
      expect(account.items.get('rotation|-')).toEqual({
        pk: { S: 'rotation' },
        sk: { S: '-' },
        revision: { N: '7' },
        phase: { S: 'createSecret' },
        execution: { S: EXECUTION },
        record: { S: JSON.stringify(RECORD) },
      });
    });

    test('is created only once, by the first caller', async () => {
      await table.records.write(RECORD, undefined);
      expect(await table.records.write({ ...RECORD, execution: OTHER_EXECUTION }, undefined)).toBe(false);
      expect(await table.records.read()).toEqual(RECORD);
    });

    test('of two that have read the same one, the later to write it has lost', async () => {
      await table.records.write(RECORD, undefined);
      expect(await table.records.write(NEXT, RECORD)).toBe(true);
      expect(await table.records.write({ ...NEXT, execution: OTHER_EXECUTION }, RECORD)).toBe(false);
      expect(await table.records.read()).toEqual(NEXT);
    });

    test.each<[string, Partial<RotationRecord>]>([
      ['another revision', { revision: 6 }],
      ['another phase', { phase: 'grace' }],
      ['another execution', { execution: OTHER_EXECUTION }],
    ])('is not replaced by a caller that read %s', async (_, change) => {
      await table.records.write(RECORD, undefined);
      expect(await table.records.write(NEXT, { ...RECORD, ...change })).toBe(false);
      expect(await table.records.read()).toEqual(RECORD);
    });

    test('is not created again by a caller that read a deleted one', async () => {
      expect(await table.records.write(NEXT, RECORD)).toBe(false);
      expect(await table.records.read()).toBeUndefined();
    });
  });

  describe('the lock', () => {
    test('is free, is taken, and then says whose it is', async () => {
      expect(await table.lock.read()).toBeUndefined();
      expect(await table.lock.take(EXECUTION, undefined)).toBe(true);
      expect(await table.lock.read()).toEqual({ owner: EXECUTION, kind: 'rotation', takenAt: expect.any(String) });
    });

    test.each(['backup', ''])('of a kind that is not known here (%j) is of an unknown one', async (kind) => {
      account.hold(STACK, kind);
      expect(await table.lock.read()).toMatchObject({ owner: STACK, kind: 'unknown' });
    });

    test('is not taken as free while it is held', async () => {
      account.hold(STACK, 'deploy');
      expect(await table.lock.take(EXECUTION, undefined)).toBe(false);
      expect(await table.lock.read()).toMatchObject({ owner: STACK, kind: 'deploy' });
    });

    test('is taken over from the very holder that was looked at, once', async () => {
      account.hold(STACK, 'deploy');
      const holder = await table.lock.read();
      expect(await table.lock.take(EXECUTION, holder)).toBe(true);
      expect(await table.lock.take(OTHER_EXECUTION, holder)).toBe(false);
      expect(account.lock).toBe(EXECUTION);
    });

    test('is not taken over from the same owner who took it again', async () => {
      account.hold(STACK, 'deploy');
      const holder = { owner: STACK, kind: 'deploy', takenAt: '2025-12-31T23:59:59.000Z' } as const;
      expect(await table.lock.take(EXECUTION, holder)).toBe(false);
      expect(account.lock).toBe(STACK);
    });

    test('is released only by its owner, and releasing a free lock succeeds', async () => {
      await table.lock.take(EXECUTION, undefined);
      await table.lock.release(OTHER_EXECUTION);
      expect(account.lock).toBe(EXECUTION);
      await table.lock.release(EXECUTION);
      expect(account.lock).toBeUndefined();
      await table.lock.release(EXECUTION);
    });
  });
});

describe('the longest token lifetime between two instants', () => {
  const FROM = 100;
  const TO = 200;

  type Revision = { readonly opened?: number; readonly verdict: string; readonly lifetime?: number };

  function itemOf({ opened, verdict, lifetime }: Revision) {
    return {
      verdict: { S: verdict },
      ...(opened !== undefined && { openedAt: { S: new Date(opened).toISOString() } }),
      ...(lifetime !== undefined && { tokenLifetimeSeconds: { N: String(lifetime) } }),
    };
  }

  /** Asks a table that has these revisions, newest first, in pages. */
  async function ask(...pages: readonly (readonly Revision[])[]) {
    const asked = await startScriptedAws({
      Query: ({ ExclusiveStartKey }) => {
        const page = Number((ExclusiveStartKey as { page?: { N: string } } | undefined)?.page?.N ?? 0);
        const isLast = page === pages.length - 1;
        return {
          Items: pages[page]?.map(itemOf),
          ...(!isLast && { LastEvaluatedKey: { page: { N: String(page + 1) } } }),
        };
      },
    });
    return { longest: await openTable().longestLifetime(FROM, TO), asked };
  }

  test.each<[string, readonly Revision[], number | undefined]>([
    ['nothing, when no deploy is recorded', [], undefined],
    ['that of the good deploy before', [{ opened: 50, verdict: 'good', lifetime: 60 }], 60],
    [
      'no further back than to the last good one',
      [
        { opened: 150, verdict: 'good', lifetime: 30 },
        { opened: 50, verdict: 'good', lifetime: 60 },
        { opened: 40, verdict: 'good', lifetime: 900 },
      ],
      60,
    ],
    [
      'one that was deployed without proof stood there as well',
      [
        { opened: 50, verdict: 'unverified', lifetime: 60 },
        { opened: 40, verdict: 'good', lifetime: 900 },
      ],
      60,
    ],
    [
      'that of a deploy in between',
      [
        { opened: 150, verdict: 'good', lifetime: 900 },
        { opened: 50, verdict: 'good', lifetime: 60 },
      ],
      900,
    ],
    [
      'that of one that failed before, and may have run for a while',
      [
        { opened: 90, verdict: 'failed', lifetime: 900 },
        { opened: 50, verdict: 'good', lifetime: 60 },
      ],
      900,
    ],
    [
      'that of one that is not over',
      [
        { opened: 90, verdict: 'open', lifetime: 30 },
        { opened: 50, verdict: 'good', lifetime: 60 },
      ],
      60,
    ],
    [
      'that of the one before, when a deploy begins in the first instant',
      [
        { opened: FROM, verdict: 'good', lifetime: 30 },
        { opened: 50, verdict: 'good', lifetime: 60 },
      ],
      60,
    ],
    [
      'that of a deploy in the last instant, and none of a later one',
      [
        { opened: TO + 1, verdict: 'good', lifetime: 900 },
        { opened: TO, verdict: 'good', lifetime: 300 },
        { opened: 50, verdict: 'good', lifetime: 60 },
      ],
      300,
    ],
    ['nothing, when every deploy came later', [{ opened: TO + 1, verdict: 'good', lifetime: 900 }], undefined],
    [
      'the longest there may be, when a deploy does not say',
      [
        { opened: 150, verdict: 'good' },
        { opened: 50, verdict: 'good', lifetime: 60 },
      ],
      86_400,
    ],
    [
      'that of one that does not say when it was',
      [
        { verdict: 'good', lifetime: 900 },
        { opened: 50, verdict: 'good', lifetime: 60 },
      ],
      900,
    ],
    [
      'that of any, when none was good',
      [
        { opened: 150, verdict: 'failed', lifetime: 30 },
        { opened: 50, verdict: 'failed', lifetime: 900 },
        { opened: 40, verdict: 'failed', lifetime: 60 },
      ],
      900,
    ],
  ])('is %s', async (_, revisions, expected) => {
    expect((await ask(revisions)).longest).toBe(expected);
  });

  test('is found over several pages, even an empty one, newest first, without reading unneeded pages', async () => {
    const { longest, asked } = await ask(
      [{ opened: 150, verdict: 'failed', lifetime: 900 }],
      [],
      [{ opened: 50, verdict: 'good', lifetime: 60 }],
      [{ opened: 40, verdict: 'good', lifetime: 3_000 }],
    );
    expect(longest).toBe(900);
    expect(asked).toHaveLength(3);
    for (const { input } of asked) {
      expect(input).toMatchObject({ TableName: 'state', ScanIndexForward: false, ConsistentRead: true });
    }
  });
});
