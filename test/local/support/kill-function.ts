import { processesOf } from './processes-of.ts';

/**
 * Kills every process of the emulator that runs a Lambda function now, as a failing host would: without a signal that could be
 * caught. The next invocation starts in a new process.
 *
 * @param directory - folder of the run, as `LocalEnvironment` and `startBareEmulator` were given it
 * @param functionName - the function's whole name
 * @returns how many processes there were, busy or waiting
 */
export function killFunction(directory: string, functionName: string): number {
  // The emulator unpacks a function into a folder of this name, with eight characters behind it, and starts Node in there.
  const folder = new RegExp(`${directory}/tmp/ministack-lambda-${functionName}-[a-z0-9_]{8}/_worker`);
  const found = processesOf(folder);
  for (const pid of found) process.kill(pid, 'SIGKILL');
  return found.length;
}
