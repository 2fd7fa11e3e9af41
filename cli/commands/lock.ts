import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { requireFoundationValue } from '../foundation-values.ts';
import { lockStatus, type ReleaseRequest, release, requireReason } from '../lock/lock.ts';
import { releaseText, statusText } from '../lock/text.ts';
import { findTarget } from '../target.ts';
import { print } from '../terminal.ts';
import { type CommonOptions, commandLine, withAction } from './common.ts';

interface ReleaseOptions extends CommonOptions, ReleaseRequest {}

/** Adds `bin/quiltctl lock`. */
export function addLock(command: Command): void {
  const status = command
    .command('status')
    .description('Show who holds the deploy lock, since when, and whether it is alive');
  withAction(status, 'the holder, and the last releases', showStatus);
  const remove = command
    .command('release')
    .description('Release the deploy lock of a holder that has ended')
    .option('--force', 'release it even if the holder is alive or could not be checked; requires --reason', false)
    .option('--reason <text>', 'the reason; recorded with your name and the time');
  withAction(remove, 'what was released', releaseNow);
}

async function connect(environment: string) {
  const { config, clientSettings } = findTarget(environment);
  const ssm = new SSMClient(clientSettings);
  const clients = {
    cloudformation: new CloudFormationClient(clientSettings),
    dynamodb: new DynamoDBClient(clientSettings),
    sfn: new SFNClient(clientSettings),
    sts: new STSClient(clientSettings),
  };
  return { clients, config, stateTable: await requireFoundationValue(ssm, config.namePrefix, 'state-table-name') };
}

async function showStatus({ environment, json }: CommonOptions): Promise<number> {
  const { clients, stateTable } = await connect(environment);
  const status = await lockStatus(clients, stateTable);
  print(json ? status : statusText(status, Date.now(), (command) => commandLine(command, environment)));
  return status.lock?.life.state === 'not-checked' ? EXIT.unreachable : EXIT.done;
}

async function releaseNow({ environment, json, force, reason }: ReleaseOptions): Promise<number> {
  const request = { force, ...(reason !== undefined && { reason }) };
  requireReason(request);
  const { clients, config, stateTable } = await connect(environment);
  const released = await release(request, clients, { config, stateTable, now: Date.now() });
  if (json) print({ released: released ?? null });
  else print(released ? `The deploy lock is released: ${releaseText(released)}` : 'The deploy lock is already free.');
  return EXIT.done;
}
