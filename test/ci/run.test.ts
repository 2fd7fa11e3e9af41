/** The build server's command: it runs both sets of tests and ends with one line for them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const RUN = join(import.meta.dirname, '..', '..', '.ci', 'run');
const directory = temporaryDirectory();

/** Runs it with an npm that does as told for each script. */
function runWith(scripts: { readonly test: string; readonly all: string }) {
  const bin = join(directory(), 'bin');
  mkdirSync(bin);
  const npm = `#!/bin/sh\ncase "$*" in\n'run test') ${scripts.test} ;;\n'run test:all') ${scripts.all} ;;\n*) exit 99 ;;\nesac\n`;
  writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
  const { status, stdout } = spawnSync(RUN, [], {
    encoding: 'utf8',
    env: { PATH: `${bin}:${process.env.PATH}`, TMPDIR: directory() },
  });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

test.each([
  ['both succeed', 'echo "10 passed, 0 failed"', 'echo "5 passed, 0 failed"', 0, '15 passed, 0 failed'],
  ['the first one fails', 'echo "8 passed, 2 failed"; exit 1', 'echo "5 passed, 0 failed"', 1, '13 passed, 2 failed'],
  ['the second one fails', 'echo "10 passed, 0 failed"', 'echo "4 passed, 1 failed"; exit 1', 1, '14 passed, 1 failed'],
  ['one never gets to its tests', 'echo "No disk." >&2; exit 2', 'echo "5 passed, 0 failed"', 1, '5 passed, 1 failed'],
  ['one ends without its line', 'true', 'echo "5 passed, 0 failed"', 1, '5 passed, 1 failed'],
  [
    'one fails after its tests',
    'echo "9 passed, 0 failed"; exit 1',
    'echo "5 passed, 0 failed"',
    1,
    '14 passed, 1 failed',
  ],
  ['one is killed', 'echo "9 passed, 0 failed"; kill -9 $$', 'echo "5 passed, 0 failed"', 1, '14 passed, 1 failed'],
])('when %s', (_what, first, all, status, last) => {
  expect(runWith({ test: first, all })).toEqual({ status, last });
});
