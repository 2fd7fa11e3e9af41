import { execFileSync } from 'node:child_process';

/**
 * IDs of the processes that belong to a run in a folder: each has the folder in its environment or on its command line.
 *
 * @param directory - the run's folder, whose name nothing else has; or a pattern, for some of its processes
 */
export function processesOf(directory: string | RegExp): string[] {
  const all = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
  const belongs = (line: string) => (typeof directory === 'string' ? line.includes(directory) : directory.test(line));
  return all.filter(belongs).map((line) => line.trim().split(' ')[0] ?? '');
}
