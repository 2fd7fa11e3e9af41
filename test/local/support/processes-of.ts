import { type ChildProcess, execFileSync } from 'node:child_process';

/**
 * IDs of the processes that belong to a run in a folder: each has the folder in its environment or on its command line.
 *
 * @param directory - the run's folder, whose name nothing else has; or a pattern, for some of its processes
 */
export function processesOf(directory: string | RegExp): number[] {
  const all = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
  const belongs = (line: string) => (typeof directory === 'string' ? line.includes(directory) : directory.test(line));
  return all.filter(belongs).map((line) => Number.parseInt(line, 10));
}

/**
 * Signals a child, which was started as the head of a process group, and all that it has started.
 *
 * A child that could not be started has no ID, and what stands for none in `kill` is the group of the caller: that of the whole
 * test run.
 */
export function signalGroup({ pid }: Pick<ChildProcess, 'pid'>, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
