import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { connectRotation } from '../rotation/connect.ts';
import { secretStatus } from '../rotation/secret-status.ts';
import { statusTable } from '../rotation/secret-status-table.ts';
import { findTarget } from '../target.ts';
import { print } from '../terminal.ts';
import { type CommonOptions, commandLine, withAction } from './common.ts';

/** Adds `bin/quiltctl secret`. It never shows a secret value. */
export function addSecret(command: Command): void {
  const status = command.command('status').description('Show versions, keys, rotation, and which task holds which key');
  withAction(status, 'the status', showStatus);
}

async function showStatus({ environment, json }: CommonOptions): Promise<number> {
  const target = findTarget(environment);
  const { config, clientSettings } = target;
  const connections = {
    ...connectRotation(target),
    lambda: new LambdaClient(clientSettings),
    ssm: new SSMClient(clientSettings),
  };
  const now = Date.now();
  const status = await secretStatus(connections, config, now);
  print(json ? status : statusTable(status, now, (command) => commandLine(command, environment)));
  const isWhole = status.canary.verdict !== 'unknown' && status.rotation?.driver?.state !== 'not-checked';
  return isWhole ? EXIT.done : EXIT.unreachable;
}
