import { execFileSync } from 'node:child_process';

/** Whether server and load have a core each. */
export type Cores = {
  readonly pinned: boolean;
  /** Goes before the command of a server. */
  readonly serverPrefix: readonly string[];
};

/** Puts this process, which makes the load, on the second core, and servers on the first, where there is `taskset`. */
export function pinCores(): Cores {
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', '1', String(process.pid)], { stdio: 'ignore' });
    return { pinned: true, serverPrefix: ['taskset', '--cpu-list', '0'] };
  } catch {
    return { pinned: false, serverPrefix: [] };
  }
}
