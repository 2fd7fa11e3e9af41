import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a working tree is at. */
export interface Commit {
  readonly commit: string;
  /** Whether it has changes that are not in the commit. */
  readonly dirty: boolean;
}

const run = promisify(execFile);

/** The commit of a folder; `undefined` where there is no git, no repository or no commit. */
export async function commitOf(directory: string): Promise<Commit | undefined> {
  try {
    const [head, changes] = await Promise.all([
      run('git', ['rev-parse', '--verify', 'HEAD'], { cwd: directory }),
      run('git', ['status', '--porcelain'], { cwd: directory }),
    ]);
    return { commit: head.stdout.trim(), dirty: changes.stdout !== '' };
  } catch {
    return undefined;
  }
}
