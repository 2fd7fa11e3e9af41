import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError, EXIT } from '../../cli/exit-codes.ts';
import { environments, identityOf, isAlive } from '../../cli/local/processes.ts';

/** In the environment of every process that a run starts, and of no other. */
const MARK = 'QUILT_LOCAL_RUN';

/** An emulator whose owner died saves its state and exits within this time (`local/emulator`). */
export const SAVE_MS = 15_000;
const KILL_MS = 5_000;

/** A process that a run started. */
interface Leftover {
  readonly pid: number;
  /** Whether it may be an emulator that is saving its state. */
  readonly saves: boolean;
}

/**
 * What marks the processes of a run: who started them, and the folder of the run. The folder is hashed, because a path with a space
 * could not be told from its beginning in the output of `ps`.
 */
export function runMark(directory: string): Record<string, string> {
  return { [MARK]: `${identityOf(process.pid)}-${folderMark(directory)}` };
}

function folderMark(directory: string): string {
  return createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 32);
}

/**
 * Ends what earlier runs in a folder left behind, which happens when a run is killed with SIGKILL. Only processes that bear the mark
 * of this folder and of an owner that is dead are ended. An emulator that is saving its state may finish.
 *
 * @param say - gets a line when there is something to end
 * @throws CommandError (3) when a process does not end
 */
export async function endLeftovers(directory: string, say: (line: string) => void = () => {}): Promise<void> {
  const found = leftoversOf(directory);
  if (found.length === 0) return;
  say(`Stopping processes that a killed run left behind: ${found.map(({ pid }) => pid).join(', ')}`);
  await gone(() => leftoversOf(directory).filter(({ saves }) => saves), SAVE_MS);
  const killed = () => {
    const left = leftoversOf(directory);
    for (const { pid } of left) kill(pid);
    return left;
  };
  const rest = await gone(killed, KILL_MS);
  if (rest.length === 0) return;
  throw new CommandError(
    `Process ${rest.map(({ pid }) => pid).join(', ')} of an earlier run in ${directory} does not stop. Stop it, then start again.`,
    EXIT.refused,
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile, or the next attempt finds it again.
  }
}

/** Looks until nothing is left or the time is over, and returns the rest. */
async function gone(look: () => readonly Leftover[], limitMs: number): Promise<readonly Leftover[]> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const left = look();
    if (left.length === 0 || Date.now() > deadline) return left;
    await pause(50);
  }
}

function leftoversOf(directory: string): readonly Leftover[] {
  const folder = folderMark(directory);
  return environments().flatMap(({ pid, variables }) => {
    const mark = variables.find((variable) => variable.startsWith(`${MARK}=`))?.slice(MARK.length + 1);
    const [owner = '', of] = mark?.split('-') ?? [];
    // Nothing was started yet by this process: what bears its number is of an earlier process that had the same.
    const orphaned = Number.parseInt(owner, 10) === process.pid || !isAlive(owner);
    if (of !== folder || !orphaned) return [];
    return [{ pid, saves: variables.includes('PERSIST_STATE=1') }];
  });
}
