import type { Command } from 'commander';
import { exitCodeOf, startCdk } from '../cdk.ts';

/** Adds `bin/quiltctl cdk`: every argument goes to the CDK CLI of this project, which finds `cdk.json` wherever it is called from. */
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
