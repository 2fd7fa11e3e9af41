import type { Command } from 'commander';
import { DEFAULT_ENVIRONMENT } from '../../config/load.ts';
import { quiltctl } from '../../contract/command-line.ts';

/** Options of every command. */
export interface CommonOptions {
  readonly environment: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

/**
 * Adds the options of every command.
 *
 * @param json - what the JSON document contains
 */
export function withCommonOptions(command: Command, json: string): Command {
  return command
    .option('--environment <name>', 'the environment to work on', DEFAULT_ENVIRONMENT)
    .option('--json', `print one JSON document: ${json}`, false)
    .option('--verbose', 'show the stack trace of an unexpected error', false);
}

/**
 * A command line for the user to run, for the same environment.
 *
 * @param command - what follows `bin/quiltctl`
 */
export function commandLine(command: string, environment: string): string {
  return quiltctl(command, environment === DEFAULT_ENVIRONMENT ? undefined : environment);
}
