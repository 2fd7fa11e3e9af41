import type { Command } from 'commander';
import { exitCodeOf, isAboutLocalDeployment, startCdk } from '../cdk.ts';
import { runCommand } from '../run-command.ts';

/** The CDK CLI's arguments and environment: for the local deployment it gets the credentials and URLs of the one that runs. */
async function forCdk(args: readonly string[]) {
  if (!isAboutLocalDeployment(args)) return { args, env: process.env };
  const [{ findTarget }, { contextArguments }] = await Promise.all([
    import('../target.ts'),
    import('../change/synthesis.ts'),
  ]);
  const { context, variables } = findTarget('local', {}, '-c environment=NAME');
  // The caller's own context comes later, and so takes precedence.
  return { args: [...contextArguments('local', context), ...args], env: variables };
}

/** Adds `bin/quiltctl cdk`: passes all arguments to the project's CDK CLI, from any folder. */
export function addCdk(command: Command): void {
  command
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: readonly string[]) => {
      process.exitCode = await runCommand(async () => {
        const { args: all, env } = await forCdk(args);
        return exitCodeOf(startCdk(all, { env, stdio: 'inherit' }));
      });
    });
}
