import { Command, Help, type Option } from 'commander';
import { EXIT } from './exit-codes.ts';
import { printError } from './run-command.ts';

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

/** As commander has it, without "(default: false)" behind flags, and "(default: [])" behind repeatable options. */
function optionDescription(this: Help, option: Option): string {
  const { defaultValue } = option;
  const isEmpty = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  const shown = isEmpty ? Object.create(option, { defaultValue: { value: undefined } }) : option;
  return Help.prototype.optionDescription.call(this, shown);
}
