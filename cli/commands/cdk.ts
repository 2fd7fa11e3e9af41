import type { Command } from 'commander';
import { exitCodeOf, startCdk } from '../cdk.ts';

/** Adds `bin/quiltctl cdk`: passes all arguments to the project's CDK CLI, from any folder. */
export function addCdk(command: Command): void {
  command
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: readonly string[]) => {
      process.exitCode = await exitCodeOf(startCdk(args, { env: process.env, stdio: 'inherit' }));
    });
}
