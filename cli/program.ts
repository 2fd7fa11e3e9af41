import { Command, Help, type Option } from 'commander';
import { EXIT } from './exit-codes.ts';
import { print } from './print.ts';

/**
 * A program of this project, with the exit codes and the help that all of them share.
 *
 * @param name - as a person types it
 * @param description - what it does, in the imperative
 */
export function newProgram(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .showHelpAfterError(`Run \`${name} --help\` to see what it takes.`)
    .configureHelp({ optionDescription })
    .exitOverride(({ exitCode, message }) => {
      if (exitCode === 0) process.exit(EXIT.done);
      if (process.argv.includes('--json')) printError(message.replace(/^error: /, ''), EXIT.configuration);
      process.exit(EXIT.configuration);
    });
}

/** Prints the one JSON document of a command that failed. */
export function printError(message: string, exitCode: number): void {
  print({ error: { message, exitCode } });
}

/** As commander has it, without "(default: false)" behind every flag. */
function optionDescription(this: Help, option: Option): string {
  const shown = option.defaultValue === false ? Object.create(option, { defaultValue: { value: undefined } }) : option;
  return Help.prototype.optionDescription.call(this, shown);
}
