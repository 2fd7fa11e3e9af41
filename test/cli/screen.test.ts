import { SILENT, screenOn } from '../../cli/terminal.ts';

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

test('a terminal shows a step in place of what was shown before, and nothing of it stays', () => {
  const erase = '\r\u001b[K';
  expect(written(true)).toBe(`Asking …${erase}Synthesizing …${erase}✔ synthesis\nDeploying …${erase}`);
});

test('a log gets a line for each step that takes its time, and whole lines only', () => {
  expect(written(false)).toBe('Synthesizing …\n✔ synthesis\nDeploying …\n');
});

test('nothing is shown where standard output is for one document', () => {
  expect(Object.values(SILENT).map((show) => show('text'))).toEqual([undefined, undefined, undefined]);
});
