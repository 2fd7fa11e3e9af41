import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError, EXIT } from '../../cli/exit-codes.ts';
import { endLeftovers, identityOf, isAlive } from './leftovers.ts';

/** The clone's own folder for local runs; $QUILT_LOCAL_DIRECTORY names another one, for a second environment beside it. */
const LOCAL_DIRECTORY = process.env.QUILT_LOCAL_DIRECTORY ?? join(import.meta.dirname, '..', '..', '.local');

/** Where `npm start` keeps what it needs while it runs; whoever looks for a running environment looks here. */
export const RUN_DIRECTORY = join(LOCAL_DIRECTORY, 'run');

/** Where `npm start -- --keep-state` keeps what is deployed. */
export const STATE_DIRECTORY = join(LOCAL_DIRECTORY, 'state');

/** The log of the last run that failed. */
export const FAILURE_LOG = join(LOCAL_DIRECTORY, 'last-failure.log');

/** What a running local environment tells the command line. */
export interface Running {
  readonly pid: number;
  readonly endpoint: string;
  readonly publicUrl: string;
  readonly registryUrl: string;
  /** Folder of the images that its tasks may start. */
  readonly imageDirectory: string;
  /** How long its tokens live, if not as long as the configuration says. */
  readonly tokenLifetimeSeconds?: number | undefined;
}

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

export function announce(directory: string, running: Running): void {
  writeFileSync(join(directory, 'running.json'), JSON.stringify(running, undefined, 2));
}

/** The environment that runs in a folder, if one does. */
export function findRunning(directory: string = RUN_DIRECTORY): Running | undefined {
  try {
    const running: Running = JSON.parse(readFileSync(join(directory, 'running.json'), 'utf8'));
    return ownerOf(directory) === running.pid ? running : undefined;
  } catch {
    return undefined;
  }
}

/** ID of the living process that has a folder; a later process with the ID of a dead one is not it. */
function ownerOf(directory: string): number | undefined {
  try {
    const identity = readFileSync(join(directory, 'pid'), 'utf8');
    return isAlive(identity) ? Number.parseInt(identity, 10) : undefined;
  } catch {
    return undefined;
  }
}
