import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError, EXIT } from '../../cli/exit-codes.ts';
import { identityOf } from '../../cli/local/processes.ts';
import { ownerOf } from '../../cli/local/running.ts';
import { endLeftovers } from './leftovers.ts';

/**
 * Takes a run folder for this process. One process has it at a time; one that a dead process left is made anew, and what still runs of
 * it is ended.
 *
 * @param say - gets a line about what is ended
 * @throws CommandError (3) when another process runs in it
 */
export async function takeRunDirectory(directory: string, say?: (line: string) => void): Promise<void> {
  refuseTaken(directory);
  await endLeftovers(directory, say);
  // Again: that may have taken a while.
  refuseTaken(directory);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(dirname(directory), { recursive: true });
  try {
    // Not recursive: of two that start at once, one makes the folder and the other is told.
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw takenBy(ownerOf(directory), directory);
  }
  writeFileSync(join(directory, 'pid'), identityOf(process.pid) ?? '');
}

function refuseTaken(directory: string): void {
  const owner = ownerOf(directory);
  if (owner !== undefined) throw takenBy(owner, directory);
}

function takenBy(owner: number | undefined, directory: string): CommandError {
  const what = 'A local environment runs already';
  return new CommandError(
    owner === undefined
      ? `${what}: another process has just begun to start it in ${directory}.`
      : `${what}: process ${owner} has ${directory}. Use it, or end it with Ctrl-C where it was started, or with: kill ${owner}`,
    EXIT.refused,
  );
}

/**
 * Makes the folder that keeps what is deployed. The emulator writes objects at once and everything else when it ends: after a first run
 * that was killed there would be buckets without the stacks that own them, and no stack could be deployed.
 */
export function takeStateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (existsSync(join(directory, 'services', 'cloudformation.json'))) return;
  rmSync(join(directory, 's3'), { recursive: true, force: true });
}
