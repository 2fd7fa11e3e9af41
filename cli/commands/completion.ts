import { Argument, type Command } from 'commander';
import { ENVIRONMENT_NAMES } from '../../config/load.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { print } from '../print.ts';

const HOW = `
For the current session:
  bash  source <(bin/quiltctl completion bash)
  zsh   source <(bin/quiltctl completion zsh)
  fish  bin/quiltctl completion fish | source`;

/**
 * Adds `bin/quiltctl completion`.
 *
 * @param whole - the program with the options of all commands
 */
export function addCompletion(command: Command, whole: () => Promise<Command>): void {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HOW)
    .action(async (shell: (typeof SHELLS)[number]) => {
      print(completionScript(shell, await whole(), { '--environment': ENVIRONMENT_NAMES }));
    });
}
