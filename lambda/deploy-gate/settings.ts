import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { StateTableAccess } from '../../aws/state-table.ts';
import * as names from '../../contract/function-variables.ts';
import { anyText, readVariables, type Values, variable } from '../shared/settings.ts';
import { Refusal } from './refusal.ts';

const VARIABLES = {
  stateTable: anyText(names.DEPLOY_GATE_STATE_TABLE),
  canaryFunction: anyText(names.DEPLOY_GATE_CANARY_FUNCTION),
  secretParameter: anyText(names.DEPLOY_GATE_SECRET_PARAMETER),
  keySetParameter: anyText(names.DEPLOY_GATE_KEY_SET_PARAMETER),
  revisionBucket: anyText(names.DEPLOY_GATE_REVISION_BUCKET),
  /** Number of revisions to keep. */
  keepRevisions: variable(names.DEPLOY_GATE_KEEP_REVISIONS, 'a whole number', (text) =>
    /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined,
  ),
  /** Names this deployment in commands. */
  environment: anyText(names.DEPLOY_GATE_ENVIRONMENT),
  contractVersion: anyText(names.DEPLOY_GATE_CONTRACT_VERSION),
};

/** The settings of the gate. */
export type GateSettings = Values<typeof VARIABLES>;

/**
 * Reads the settings of the gate from its environment (see `contract/function-variables.ts`).
 *
 * @throws Refusal `settings-invalid` naming every missing variable, or the one that is not a whole number
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): GateSettings {
  return readVariables(
    VARIABLES,
    (name) => environment[name],
    (unusable) => {
      const missing = unusable.filter(({ isMissing }) => isMissing).map(({ name }) => name);
      const what =
        missing.length > 0
          ? `The deploy gate lacks ${missing.join(', ')}.`
          : `${unusable[0]?.name} of the deploy gate is not a whole number.`;
      return new Refusal('settings-invalid', `${what} Deploy the Trust stack again, which sets them.`);
    },
  );
}

/** The clients that the gate reuses between events. */
type Clients = {
  readonly dynamodb: DynamoDBClient;
  readonly cloudformation: CloudFormationClient;
  readonly ssm: SSMClient;
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
};

/** The connections of a step, with their deadline. */
export type Connections = Clients & {
  readonly settings: GateSettings;
  /** Aborts every call when the time of the event is over: an abandoned call must not write later. */
  readonly abortSignal: AbortSignal;
};

/** The same connections with a shorter deadline, for work that must leave time for the rest. */
export function withDeadline(milliseconds: number, connections: Connections): Connections {
  const abortSignal = AbortSignal.any([connections.abortSignal, AbortSignal.timeout(milliseconds)]);
  return { ...connections, abortSignal };
}

/** The state table, over these connections. */
export function stateTableOf({ dynamodb, settings, abortSignal }: Connections): StateTableAccess {
  return { dynamodb, table: settings.stateTable, abortSignal };
}
