#!/usr/bin/env -S node --import tsx
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Command } from 'commander';
import { canaryTable } from '../cli/canary-table.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { invokeCanary } from '../cli/invoke-canary.ts';
import { runCommand } from '../cli/run-command.ts';
import { findTarget } from '../cli/target.ts';
import { canaryFunctionArn } from '../lib/names.ts';

interface CommonOptions {
  readonly environment: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

const program = new Command('quilt-mcp')
  .description('Operates a deployed catalog and MCP service.')
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.configuration));

program
  .command('canary')
  .description('checks the deployed services now; exit code 5 when the canary is red')
  .option('--environment <name>', 'environment to ask', 'local')
  .option('--json', 'print the report as one JSON document', false)
  .option('--verbose', 'show where an unexpected error came from', false)
  .action(async ({ environment, json, verbose }: CommonOptions) => {
    process.exitCode = await runCommand(async () => {
      const { config, clientSettings } = findTarget(environment);
      const report = await invokeCanary(new LambdaClient(clientSettings), canaryFunctionArn(config));
      process.stdout.write(`${json ? JSON.stringify(report, undefined, 2) : canaryTable(report)}\n`);
      return report.verdict === 'green' ? EXIT.done : EXIT.checkFailed;
    }, verbose);
  });

await program.parseAsync();
