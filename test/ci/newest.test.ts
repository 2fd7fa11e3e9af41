import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const OF_THE_JOB = '1'.repeat(40);

const directory = temporaryDirectory();

/** Runs the script with a `gh` that knows this commit as the branch's newest. */
function newest(commit: string) {
  const gh = join(directory(), 'gh');
  writeFileSync(gh, `#!/bin/sh\n[ "$2" = repos/example/quilt/commits/heads/main ] && echo '${commit}'\n`);
  chmodSync(gh, 0o755);
  return spawnSync(process.execPath, [join('scripts', 'ci-newest.ts')], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      PATH: `${directory()}${delimiter}${process.env.PATH}`,
      GITHUB_REPOSITORY: 'example/quilt',
      GITHUB_REF_NAME: 'main',
      GITHUB_SHA: OF_THE_JOB,
    },
  });
}

test('the newest commit goes on', () => {
  expect(newest(OF_THE_JOB)).toMatchObject({ status: 0, stderr: '' });
});

test('a commit that was overtaken while its checks ran is not deployed', () => {
  const { status, stderr } = newest('2'.repeat(40));
  expect(status).toBe(3);
  expect(stderr).toContain('Nothing was deployed');
});
