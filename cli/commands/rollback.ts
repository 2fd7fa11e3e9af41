import { setTimeout } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Command } from 'commander';
import { rollback } from '../change/rollback.ts';
import type { RollbackConnections } from '../change/rollback-plan.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { revisionNumber } from '../revisions/records.ts';
import { findTarget, type Target } from '../target.ts';
import { interruption, print, SILENT, screenOn } from '../terminal.ts';
import { type CommonOptions, withAction } from './common.ts';

interface RollbackOptions extends CommonOptions {
  readonly dryRun: boolean;
  readonly allowReplacement: boolean;
}

/** Polling interval. */
const PAUSE_MS = 1_000;

/** Adds `bin/quiltctl rollback`. */
export function addRollback(command: Command): void {
  command
    .argument('[number]', 'the revision; by default the last good one before the current one that was not rolled back')
    .option('--dry-run', 'show what would change, but change nothing', false)
    .option('--allow-replacement', 'allow resources to be replaced or removed', false);
  withAction(command, 'the findings, the changes and the new revision', run);
}

async function run(given: string | undefined, options: RollbackOptions): Promise<number> {
  const { environment, json, dryRun, allowReplacement } = options;
  const number = given === undefined ? undefined : revisionNumber(given);
  const target = findTarget(environment);
  const screen = json ? SILENT : screenOn(process.stdout);
  const report = await rollback({ number, dryRun, allowReplacement }, screen, connect(target, interruption()));
  screen.status('');
  if (json) print(report);
  if (report.exitCode !== EXIT.done) throw new CommandError(report.message, report.exitCode);
  if (!json) print(report.message);
  return report.exitCode;
}

function connect({ config, clientSettings, hasImage }: Target, interrupted: AbortSignal): RollbackConnections {
  return {
    clients: {
      cloudformation: new CloudFormationClient(clientSettings),
      dynamodb: new DynamoDBClient(clientSettings),
      hasImage,
      ecrOf: (region) => new ECRClient({ ...clientSettings, region }),
      s3: new S3Client(clientSettings),
      sfn: new SFNClient(clientSettings),
      ssm: new SSMClient(clientSettings),
      sts: new STSClient(clientSettings),
    },
    config,
    interrupted,
    now: Date.now,
    async pause() {
      await setTimeout(PAUSE_MS, undefined, { signal: interrupted }).catch(() => undefined);
    },
  };
}
