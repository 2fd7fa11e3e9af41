import { stripVTControlCharacters, styleText } from 'node:util';
import { coloured } from '../../cli/terminal.ts';

const TEXT = `  CHECK             TIME
  ✔ initialize      3 ms
  ✘ tools-list      4 ms
  – token-service   0 ms

Canary red on https://catalog.example.org in 0.1 s.`;

const terminal = { hasColors: () => true };

test('a terminal shows marks, verdicts and headings in colour, and the same words', () => {
  const shown = coloured(TEXT, terminal);
  for (const [style, text] of [
    ['green', '✔'],
    ['red', '✘'],
    ['red', 'red'],
    ['bold', 'CHECK             TIME'],
  ] as const) {
    expect(shown).toContain(styleText(style, text, { validateStream: false }));
  }
  expect(stripVTControlCharacters(shown)).toBe(TEXT);
});

test.each([
  ['a pipe', {}],
  ['a terminal that wants none', { hasColors: () => false }],
])('%s gets the text alone', (_name, stream) => {
  expect(coloured(TEXT, stream)).toBe(TEXT);
});
