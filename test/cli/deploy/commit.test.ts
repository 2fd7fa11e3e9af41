import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitOf } from '../../../cli/change/announcement.ts';
import { contextOf } from '../../../cli/change/synthesis.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quilt-commit-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
    cwd: directory,
    encoding: 'utf8',
  }).trim();

test('a working tree is at its commit, and dirty as soon as a file is not in it', async () => {
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'first');
  expect(await commitOf(directory)).toEqual({ commit: git('rev-parse', 'HEAD'), dirty: false });
  writeFileSync(join(directory, 'new'), '');
  expect(await commitOf(directory)).toMatchObject({ dirty: true });
});

test('without a repository, or without a commit in it, there is nothing to say', async () => {
  expect(await commitOf(directory)).toBeUndefined();
  git('init', '--quiet');
  expect(await commitOf(directory)).toBeUndefined();
});

test('-c is as of the CDK CLI, with the keys that the app knows', () => {
  expect(contextOf(['canary=report', 'reason=it has to = be'])).toEqual({ canary: 'report', reason: 'it has to = be' });
  for (const wrong of ['nonsense=1', 'canary', '=x', '__proto__=x']) {
    expect(() => contextOf([wrong])).toThrow(expect.objectContaining({ exitCode: 2 }));
  }
  expect(() => contextOf(['environment=production'])).toThrow(/--environment/);
});
