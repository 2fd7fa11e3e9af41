import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { GateSettings } from './settings.ts';

/** The clients that the gate keeps from event to event. */
export type Clients = {
  readonly dynamodb: DynamoDBClient;
  readonly cloudformation: CloudFormationClient;
  readonly ssm: SSMClient;
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
};

/** All that a step of the gate talks to, and how long it may. */
export type Connections = Clients & {
  readonly settings: GateSettings;
  /** Ends every call when the time of the event is over: what was given up must not go on to write later. */
  readonly abortSignal: AbortSignal;
};

/** The same for a part of the work that must not use up the time of the rest. */
export function within(milliseconds: number, connections: Connections): Connections {
  const abortSignal = AbortSignal.any([connections.abortSignal, AbortSignal.timeout(milliseconds)]);
  return { ...connections, abortSignal };
}
