import type { Command } from 'commander';
import { DEFAULT_ENVIRONMENT } from '../../config/load.ts';
import { quiltctl } from '../../contract/command-line.ts';
import { runCommand } from '../run-command.ts';

/** Options of every command. */
export interface CommonOptions {
  readonly environment: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

/**
 * Adds the options of every command, and what the command does.
 *
 * @param json - what the JSON document contains
 * @param run - gets the command's arguments and, last, its options; returns the exit code
 */
export function withAction<Given extends readonly unknown[]>(
  command: Command,
  json: string,
  run: (...given: Given) => Promise<number>,
): void {
  command
    .option('--environment <name>', 'the environment to work on', DEFAULT_ENVIRONMENT)
    .option('--json', `print one JSON document: ${json}`, false)
    .option('--verbose', 'show the stack trace of an unexpected error', false)
    .action(async (...all: readonly unknown[]) => {
      // Commander adds the command itself.
      const given = all.slice(0, -1);
      process.exitCode = await runCommand(() => run(...(given as unknown as Given)), given.at(-1) as CommonOptions);
    });
}

/**
 * A command line for the user to run, for the same environment.
 *
 * @param command - what follows `bin/quiltctl`
 */
export function commandLine(command: string, environment: string): string {
  return quiltctl(command, environment === DEFAULT_ENVIRONMENT ? undefined : environment);
}
