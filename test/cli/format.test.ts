import fc from 'fast-check';
import { table, wrapped } from '../../cli/format.ts';

const ROWS = [
  ['NAME', 'BY', 'REASON'],
  ['one', 'alice', 'a reason of quite a few words'],
  ['another', 'bob', 'short'],
];

test('columns are as wide as their cells if there is room or no terminal', () => {
  const whole = [
    '  NAME     BY     REASON',
    '  one      alice  a reason of quite a few words',
    '  another  bob    short',
  ].join('\n');
  expect(table(ROWS, { width: 47 })).toBe(whole);
  expect(table(ROWS, { width: Number.POSITIVE_INFINITY, givesWay: ['BY'] })).toBe(whole);
});

test('wraps the widest cells between words, aligned with their column', () => {
  expect(table(ROWS, { width: 32 }).split('\n')).toEqual([
    '  NAME     BY     REASON',
    '  one      alice  a reason of',
    '                  quite a few',
    '                  words',
    '  another  bob    short',
  ]);
});

test('omits optional columns one by one, and says so below the table', () => {
  expect(table(ROWS, { width: 40, givesWay: ['BY', 'REASON'] }).split('\n')).toEqual([
    '  NAME     REASON',
    '  one      a reason of quite a few words',
    '  another  short',
    '',
    '  Not shown in 40 columns: BY. With',
    '  --json nothing is left out.',
  ]);
});

test('breaks a word that is wider than its column, without losing any of it', () => {
  const arn = `arn:aws:iam::111122223333:role/${'x'.repeat(60)}`;
  const lines = table([['ROLE', arn]], { width: 40 }).split('\n');
  expect(lines.map((line) => line.slice(8)).join('')).toBe(arn);
});

test('no table is wider than the terminal, and every word of every cell is there', () => {
  const cell = fc.stringMatching(/^[a-z]{0,30}( [a-z]{1,30}){0,6}$/);
  const rows = fc
    .integer({ min: 1, max: 10 })
    .chain((columns) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 5 }),
    );
  fc.assert(
    fc.property(rows, fc.integer({ min: 40, max: 200 }), (given, width) => {
      const shown = table(given, { width });
      for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      const letters = (text: string) => [...text.replace(/\s/g, '')].sort().join('');
      expect(letters(shown)).toBe(letters(given.flat().join('')));
    }),
  );
});

test('wraps a text between words, and keeps a mark with its word', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('✔ no-token a b', 10)).toEqual(['✔ no-token', 'a b']);
  expect(wrapped('✔ garbage a b', 8)).toEqual(['✔ garbag', 'e a b']);
  expect(wrapped('', 7)).toEqual(['']);
});
