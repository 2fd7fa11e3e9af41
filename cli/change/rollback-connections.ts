import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import type { ImageSources } from '../preflight/images.ts';

/** What was asked for. */
export interface RollbackRequest {
  /** The revision to go back to; left out: see `findWay`. */
  readonly number: number | undefined;
  /** Show what would change, and change nothing. */
  readonly dryRun: boolean;
  /** Whether something may be replaced or removed that a deploy does not make anew anyway. */
  readonly allowReplacement: boolean;
}

export interface RollbackClients extends ImageSources {
  readonly cloudformation: CloudFormationClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** What a rollback needs of the world. */
export interface RollbackConnections {
  readonly clients: RollbackClients;
  readonly config: EnvironmentConfig;
  /** Ctrl-C: nothing is changed any more or, once something is, only the watching ends. */
  readonly interrupted: AbortSignal;
  /** Waits before the next look; at once when it was interrupted. */
  pause(): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** @throws CommandError (3) when Ctrl-C was pressed */
export function requireUninterrupted(interrupted: AbortSignal): void {
  if (!interrupted.aborted) return;
  throw new CommandError('Interrupted; nothing was changed.', EXIT.refused);
}
