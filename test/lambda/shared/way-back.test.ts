import { RollbackPath } from '../../../contract/rollback-path.ts';

type Row = readonly [number: number, verdict: 'open' | 'good' | 'failed' | 'unverified', rollbackTo?: number];

/** Where a rollback without a number goes from the first of these, and what it skips: `2 rolled-away 3`. */
function wayFrom(rows: readonly Row[]) {
  const [current, ...before] = rows.map(([number, verdict, rollbackTo]) => ({
    number,
    verdict,
    announcement: rollbackTo === undefined ? undefined : { rollbackTo },
  }));
  if (current === undefined) throw new Error('Nothing runs');
  const way = new RollbackPath(current);
  const target = before.find((revision) => way.leadsTo(revision))?.number;
  const skipped = way.skipped.map(({ number, because, by }) => [number, because, by ?? ''].join(' ').trim());
  return { target, skipped };
}

test.each<[string, readonly Row[], number | undefined, readonly string[]]>([
  [
    'the good one before',
    [
      [2, 'good'],
      [1, 'good'],
    ],
    1,
    [],
  ],
  [
    'the next good one where others failed or were not proved',
    [
      [5, 'good'],
      [4, 'failed'],
      [3, 'unverified'],
      [2, 'open'],
      [1, 'good'],
    ],
    1,
    ['4 failed', '3 unverified', '2 open'],
  ],
  [
    'after a rollback: not what was fled from, and not what runs now',
    [
      [4, 'good', 2],
      [3, 'good'],
      [2, 'good'],
      [1, 'good'],
    ],
    1,
    ['3 rolled-away 4', '2 runs-now'],
  ],
  [
    'after rollback upon rollback: further back each time, to the end',
    [
      [5, 'good', 1],
      [4, 'good', 2],
      [3, 'good'],
      [2, 'good'],
      [1, 'good'],
    ],
    undefined,
    ['4 rolled-away 5', '3 rolled-away 5', '2 rolled-away 5', '1 runs-now'],
  ],
  [
    'a rollback to a rollback: on from what that one brought back',
    [
      [6, 'good', 4],
      [5, 'good'],
      [4, 'good', 2],
      [3, 'good'],
      [2, 'good'],
      [1, 'good'],
    ],
    1,
    ['5 rolled-away 6', '4 runs-now', '3 rolled-away 4', '2 runs-now'],
  ],
  [
    'a deploy after a rollback: to the rollback, which is good',
    [
      [4, 'good'],
      [3, 'good', 1],
      [2, 'good'],
      [1, 'good'],
    ],
    3,
    [],
  ],
  [
    'a deploy after a rollback that was not proved: to what it brought back',
    [
      [4, 'good'],
      [3, 'unverified', 1],
      [2, 'good'],
      [1, 'good'],
    ],
    1,
    ['3 unverified', '2 rolled-away 3'],
  ],
  [
    'a rollback that failed: nothing was left by it',
    [
      [5, 'good'],
      [4, 'failed', 1],
      [3, 'failed'],
      [2, 'good'],
      [1, 'good'],
    ],
    2,
    ['4 failed', '3 failed'],
  ],
  [
    'a rollback that was taken back by another one: what was fled from runs again, and the one before it is next',
    [
      [4, 'good', 2],
      [3, 'good', 1],
      [2, 'good'],
      [1, 'good'],
    ],
    1,
    ['3 rolled-away 4', '2 runs-now'],
  ],
  [
    'what a rollback brought back is not remembered any more',
    [
      [9, 'good', 5],
      [8, 'good'],
      [4, 'good'],
    ],
    4,
    ['8 rolled-away 9'],
  ],
])('%s', (_, rows, target, skipped) => {
  expect(wayFrom(rows)).toEqual({ target, skipped });
});
