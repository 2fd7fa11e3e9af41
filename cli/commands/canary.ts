import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Command } from 'commander';
import { canaryFunctionArn } from '../../lib/names.ts';
import { canaryHistoryTable, canaryTable, howMany, invokeCanary, readHistory } from '../canary.ts';
import { EXIT } from '../exit-codes.ts';
import { findTarget, type Target } from '../target.ts';
import { print, SILENT, screenOn } from '../terminal.ts';
import { type CommonOptions, withAction } from './common.ts';

interface CanaryOptions extends CommonOptions {
  readonly last?: string | true;
}

/** Adds `bin/quiltctl canary`. */
export function addCanary(command: Command): void {
  command.option(
    '--last [n]',
    'show the last n reports (default 10) instead of running the canary; always exits with 0',
  );
  withAction(command, 'the report, or the last reports', run);
}

async function run({ environment, json, last }: CanaryOptions): Promise<number> {
  if (last === undefined) return checkNow(findTarget(environment), json);
  const count = howMany(last);
  return showLast(findTarget(environment), count, json);
}

async function checkNow({ config, clientSettings }: Target, json: boolean): Promise<number> {
  // Standard output is reserved for the report.
  const screen = json ? SILENT : screenOn(process.stderr);
  screen.step('Running the canary …');
  const report = await invokeCanary(new LambdaClient(clientSettings), canaryFunctionArn(config)).finally(() =>
    screen.status(''),
  );
  print(json ? report : canaryTable(report));
  return report.verdict === 'green' ? EXIT.done : EXIT.checkFailed;
}

async function showLast({ config, clientSettings }: Target, count: number, json: boolean): Promise<number> {
  const clients = { dynamodb: new DynamoDBClient(clientSettings), ssm: new SSMClient(clientSettings) };
  const reports = await readHistory(clients, config.namePrefix, count);
  print(json ? reports : canaryHistoryTable(reports));
  return EXIT.done;
}
