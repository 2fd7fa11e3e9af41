import { ConfigurationError } from '../config/errors.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { hasPrinted, print } from './terminal.ts';

interface RunOptions {
  /** Whether standard output is one JSON document, also for an error. The message is always on standard error. */
  readonly json?: boolean;
  /** Whether an unexpected error shows its stack trace. */
  readonly verbose?: boolean;
}

/**
 * Runs a command and turns errors into an exit code and a message.
 *
 * An error that the user can fix is shown as its message alone. Any other one is unexpected and mentions --verbose.
 *
 * @param work - returns the exit code
 */
export async function runCommand(work: () => Promise<number>, options: RunOptions = {}): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigurationError) return fail(error.message, EXIT.configuration, options);
    if (error instanceof CommandError) return fail(error.message, error.exitCode, options);
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return fail(
      options.verbose ? (stack ?? message) : `${message}\nRun it again with --verbose for details.`,
      EXIT.unexpected,
      options,
    );
  }
}

function fail(message: string, exitCode: number, { json = false }: RunOptions): number {
  process.stderr.write(`${message}\n`);
  // A command that fails after printing its document has reported the failure there.
  if (json && !hasPrinted()) printError(message, exitCode);
  return exitCode;
}

/** Prints the JSON document of a command that failed. */
export function printError(message: string, exitCode: number): void {
  print({ error: { message, exitCode } });
}
