import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MARKER = '<!-- quiltctl cdk diff: production -->';

const directory = temporaryDirectory();

/** Runs the script with a `gh` that notes what it is asked for and knows these comments. */
function comment(comments: readonly unknown[], page: string, pullRequest = '12') {
  const calls = join(directory(), 'calls');
  const gh = join(directory(), 'gh');
  const file = join(directory(), 'diff.md');
  writeFileSync(file, page);
  writeFileSync(gh, `#!/bin/sh\necho "$@" >> '${calls}'\ncat '${join(directory(), 'comments')}'\n`);
  chmodSync(gh, 0o755);
  writeFileSync(calls, '');
  writeFileSync(join(directory(), 'comments'), JSON.stringify([comments]));
  const { status, stderr } = spawnSync(
    process.execPath,
    [join('scripts', 'ci-comment.ts'), '--pull-request', pullRequest, '--file', file],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: `${directory()}${delimiter}${process.env.PATH}`, GITHUB_REPOSITORY: 'example/quilt' },
    },
  );
  return { status, stderr, calls: readFileSync(calls, 'utf8').trim().split('\n'), file };
}

test('the first run makes the comment', () => {
  const { status, calls, file } = comment([], `${MARKER}\nno difference\n`);
  expect(status).toBe(0);
  expect(calls.at(-1)).toBe(`api repos/example/quilt/issues/12/comments --method POST --field body=@${file}`);
});

test('the next one replaces it, and not what a person wrote that begins alike', () => {
  const { calls, file } = comment(
    [
      { id: 1, body: `${MARKER}\nfooled you`, user: { type: 'User' } },
      { id: 2, body: 'another bot', user: { type: 'Bot' } },
      { id: 3, body: `${MARKER}\nof yesterday`, user: { type: 'Bot' } },
    ],
    `${MARKER}\nno difference\n`,
  );
  expect(calls.at(-1)).toBe(`api repos/example/quilt/issues/comments/3 --method PATCH --field body=@${file}`);
});

test('a page without a marker and an invalid pull request are refused before GitHub is called', () => {
  expect(comment([], 'no marker\n')).toMatchObject({ status: 2, calls: [''] });
  expect(comment([], `${MARKER}\n`, '12/../13')).toMatchObject({ status: 2, calls: [''] });
});
