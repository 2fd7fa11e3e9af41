import { ConfigurationError } from '../config/errors.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/**
 * Runs a command and turns whatever it throws into its exit code and a message.
 *
 * An error that the user can mend is its message alone. Anything else is unexpected: it adds where to see more.
 *
 * @param work - returns the exit code
 * @param verbose - add the stack trace of an unexpected error
 */
export async function runCommand(work: () => Promise<number>, verbose: boolean): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigurationError) return fail(error.message, EXIT.configuration);
    if (error instanceof CommandError) return fail(error.message, error.exitCode);
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return fail(
      verbose ? (stack ?? message) : `${message}\nRun it again with --verbose to see where.`,
      EXIT.unexpected,
    );
  }
}

function fail(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}
