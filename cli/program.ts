import { Command, Help, type Option } from 'commander';
import { ConfigurationError } from '../config/errors.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { hasPrinted, print } from './terminal.ts';

/**
 * A program of this project, with the exit codes and the help that all of them share.
 *
 * @param name - as a person types it
 * @param description - what it does, in the imperative
 */
export function newProgram(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .showHelpAfterError(`Run \`${name} --help\` for usage.`)
    .configureHelp({ optionDescription })
    .exitOverride(({ exitCode, message }) => {
      if (exitCode === 0) process.exit(EXIT.done);
      if (process.argv.includes('--json')) printError(message.replace(/^error: /, ''), EXIT.configuration);
      process.exit(EXIT.configuration);
    });
}

/** Prints the JSON document of a command that failed. */
function printError(message: string, exitCode: number): void {
  print({ error: { message, exitCode } });
}

/** As commander has it, without "(default: false)" behind flags, and "(default: [])" behind repeatable options. */
function optionDescription(this: Help, option: Option): string {
  const { defaultValue } = option;
  const isEmpty = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  const shown = isEmpty ? Object.create(option, { defaultValue: { value: undefined } }) : option;
  return Help.prototype.optionDescription.call(this, shown);
}

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
