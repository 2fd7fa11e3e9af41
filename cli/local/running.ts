import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './processes.ts';

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

/** Lets commands find a running environment. */
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
export function ownerOf(directory: string): number | undefined {
  try {
    const identity = readFileSync(join(directory, 'pid'), 'utf8');
    return isAlive(identity) ? Number.parseInt(identity, 10) : undefined;
  } catch {
    return undefined;
  }
}
