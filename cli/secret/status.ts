import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { canaryFunctionArn, rotationStateMachineArn } from '../../lib/names.ts';
import { invokeCanary } from '../canary.ts';
import { CommandError } from '../exit-codes.ts';
import { readDriven } from '../rotation/driver.ts';
import { Executions } from '../rotation/executions.ts';
import { recordReader } from '../rotation/read-record.ts';
import { type RecordSummary, summaryOf } from '../rotation/record-summary.ts';
import { type NextRotation, nextRotation } from './next-rotation.ts';
import { type ParameterState, readParameterStates } from './parameters.ts';

/** What the canary found, or why it could not be asked. */
export type CanaryFinding =
  | (Pick<CanaryReport, 'verdict' | 'tasks' | 'services'> & { readonly failed: readonly string[] })
  | { readonly verdict: 'unknown'; readonly reason: string };

/** Everything that may be told of the secret. JSON. */
export interface SecretStatus {
  /** The signing secret and the set of accepted keys. */
  readonly parameters: readonly ParameterState[];
  /** `null` until the first run of the rotation has made its record. */
  readonly rotation: RecordSummary | null;
  readonly nextRotation: NextRotation | null;
  readonly canary: CanaryFinding;
}

export interface StatusClients {
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly ssm: SSMClient;
}

/**
 * Looks at the secret: at its parameters, at the record of its rotation and whether somebody carries it on, and, through the
 * canary, at what each task holds.
 *
 * @param now - milliseconds since 1970
 * @throws CommandError (3) when AWS refuses the caller, (4) when something but the canary and Step Functions does not answer
 */
export async function secretStatus(
  { dynamodb, lambda, sfn, ssm }: StatusClients,
  config: EnvironmentConfig,
  now: number,
): Promise<SecretStatus> {
  const executions = new Executions(sfn, rotationStateMachineArn(config));
  const [parameters, { record, driver }, canary] = await Promise.all([
    readParameterStates(ssm, [config.signingSecretParameter, config.keySetParameter]),
    readDriven(recordReader({ dynamodb, ssm }, config.namePrefix), (arn) => executions.describe(arn)),
    askCanary(lambda, config),
  ]);
  const rotation = record ? summaryOf(record, driver) : null;
  return { parameters, rotation, nextRotation: rotation && nextRotation(rotation, config.rotation, now), canary };
}

/** All the rest is worth knowing too when the canary does not answer. */
async function askCanary(lambda: LambdaClient, config: EnvironmentConfig): Promise<CanaryFinding> {
  try {
    const { verdict, tasks, services, checks } = await invokeCanary(lambda, canaryFunctionArn(config));
    const failed = checks.filter((check) => check.verdict === 'fail').map(({ name }) => name);
    return { verdict, tasks, services, failed };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { verdict: 'unknown', reason: error.message };
  }
}
