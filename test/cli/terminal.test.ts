import { stripVTControlCharacters, styleText } from 'node:util';
import { coloured, SILENT, screenOn } from '../../cli/terminal.ts';

/** All that a stream gets of a command that goes from step to step. */
function written(isTTY: boolean): string {
  let text = '';
  const write = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  const screen = screenOn({ write, isTTY } as Parameters<typeof screenOn>[0]);
  screen.status('Asking …');
  screen.step('Synthesizing …');
  screen.line('✔ synthesis');
  screen.step('Deploying …');
  screen.status('');
  return text;
}

test('a terminal replaces a step by the next one, and leaves nothing of it', () => {
  const erase = '\r\u001b[K';
  expect(written(true)).toBe(`Asking …${erase}Synthesizing …${erase}✔ synthesis\nDeploying …${erase}`);
});

test('a log gets a line for each long step, and whole lines only', () => {
  expect(written(false)).toBe('Synthesizing …\n✔ synthesis\nDeploying …\n');
});

test('shows nothing when standard output is one document', () => {
  expect(Object.values(SILENT).map((show) => show('text'))).toEqual([undefined, undefined, undefined]);
});

const TEXT = `  CHECK             TIME
  ✔ initialize      3 ms
  ✘ tools-list      4 ms
  – token-service   0 ms

Canary red on https://catalog.example.org in 0.1 s.`;

const terminal = { hasColors: () => true };

test('colours marks, verdicts and headings without changing words', () => {
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
