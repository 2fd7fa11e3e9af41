import { execFileSync } from 'node:child_process';

/**
 * IDs of the processes that belong to a run in a folder: each has the folder in its environment or on its command line.
 *
 * @param directory - the run's folder, whose name nothing else has
 */
export function processesOf(directory: string): string[] {
  const all = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(directory)).map((line) => line.trim().split(' ')[0] ?? '');
}
