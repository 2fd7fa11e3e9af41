import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { StateTableAccess } from '../../aws/state-table.ts';
import * as names from '../../contract/function-variables.ts';
import { Refusal } from './refusal.ts';

/** Where the gate looks. */
export type GateSettings = {
  readonly stateTable: string;
  readonly canaryFunction: string;
  readonly secretParameter: string;
  readonly keySetParameter: string;
  readonly revisionBucket: string;
  /** How many revisions are remembered. */
  readonly keepRevisions: number;
  /** Names this deployment in commands for people. */
  readonly environment: string;
  readonly contractVersion: string;
};

const VARIABLES = {
  stateTable: names.DEPLOY_GATE_STATE_TABLE,
  canaryFunction: names.DEPLOY_GATE_CANARY_FUNCTION,
  secretParameter: names.DEPLOY_GATE_SECRET_PARAMETER,
  keySetParameter: names.DEPLOY_GATE_KEY_SET_PARAMETER,
  revisionBucket: names.DEPLOY_GATE_REVISION_BUCKET,
  keepRevisions: names.DEPLOY_GATE_KEEP_REVISIONS,
  environment: names.DEPLOY_GATE_ENVIRONMENT,
  contractVersion: names.DEPLOY_GATE_CONTRACT_VERSION,
} satisfies Record<keyof GateSettings, string>;

const REMEDY = 'Deploy the Trust stack again, which sets them.';

function keepOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Refusal(
    'settings-invalid',
    `${VARIABLES.keepRevisions} of the deploy gate is not a whole number. ${REMEDY}`,
  );
}

/**
 * Reads the settings of the gate from its environment (see `environment.ts`).
 *
 * @throws Refusal `settings-invalid` naming every variable that is missing, or the one that is no number
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): GateSettings {
  const missing = Object.values(VARIABLES).filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Refusal('settings-invalid', `The deploy gate lacks ${missing.join(', ')}. ${REMEDY}`);
  }
  const value = (name: string) => environment[name] ?? '';
  return {
    stateTable: value(VARIABLES.stateTable),
    canaryFunction: value(VARIABLES.canaryFunction),
    secretParameter: value(VARIABLES.secretParameter),
    keySetParameter: value(VARIABLES.keySetParameter),
    revisionBucket: value(VARIABLES.revisionBucket),
    keepRevisions: keepOf(value(VARIABLES.keepRevisions)),
    environment: value(VARIABLES.environment),
    contractVersion: value(VARIABLES.contractVersion),
  };
}

/** The clients that the gate keeps from event to event. */
type Clients = {
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
export function withDeadline(milliseconds: number, connections: Connections): Connections {
  const abortSignal = AbortSignal.any([connections.abortSignal, AbortSignal.timeout(milliseconds)]);
  return { ...connections, abortSignal };
}

/** The state table, over these connections. */
export function stateTableOf({ dynamodb, settings, abortSignal }: Connections): StateTableAccess {
  return { dynamodb, table: settings.stateTable, abortSignal };
}
