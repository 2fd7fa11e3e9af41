#!/usr/bin/env -S node --import tsx
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Command } from 'commander';
import { canaryTable } from '../cli/canary-table.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { historyTable } from '../cli/history-table.ts';
import { invokeCanary } from '../cli/invoke-canary.ts';
import { howMany, readHistory } from '../cli/read-history.ts';
import { runCommand } from '../cli/run-command.ts';
import { findTarget, type Target } from '../cli/target.ts';
import { canaryFunctionArn } from '../lib/names.ts';

interface CommonOptions {
  readonly environment: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

interface CanaryOptions extends CommonOptions {
  readonly last?: string | true;
}

const program = new Command('quilt-mcp')
  .description('Operates a deployed catalog and MCP service.')
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.configuration));

program
  .command('canary')
  .description('checks the deployed services now; exit code 5 when the canary is red')
  .option('--environment <name>', 'environment to ask', 'local')
  .option('--last [n]', 'show the last reports (10) in place of a new one; exit code 0 whatever they say')
  .option('--json', 'print one JSON document: the report, or the list of the last ones', false)
  .option('--verbose', 'show where an unexpected error came from', false)
  .action(async ({ environment, json, verbose, last }: CanaryOptions) => {
    process.exitCode = await runCommand(async () => {
      if (last === undefined) return checkNow(findTarget(environment), json);
      const count = howMany(last);
      return showLast(findTarget(environment), count, json);
    }, verbose);
  });

await program.parseAsync();

async function checkNow({ config, clientSettings }: Target, json: boolean): Promise<number> {
  const report = await invokeCanary(new LambdaClient(clientSettings), canaryFunctionArn(config));
  print(json ? report : canaryTable(report));
  return report.verdict === 'green' ? EXIT.done : EXIT.checkFailed;
}

async function showLast({ config, clientSettings }: Target, count: number, json: boolean): Promise<number> {
  const clients = { dynamodb: new DynamoDBClient(clientSettings), ssm: new SSMClient(clientSettings) };
  const reports = await readHistory(clients, config.namePrefix, count);
  print(json ? reports : historyTable(reports));
  return EXIT.done;
}

/** A table for people, or one JSON document. */
function print(output: unknown): void {
  process.stdout.write(`${typeof output === 'string' ? output : JSON.stringify(output, undefined, 2)}\n`);
}
