import type { LambdaClient } from '@aws-sdk/client-lambda';
import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { canaryFunctionArn } from '../../lib/names.ts';
import { awsFailure } from '../aws-failure.ts';
import { invokeCanary } from '../canary.ts';
import { CommandError } from '../exit-codes.ts';
import type { RotationConnections } from './connect.ts';
import { readDriven } from './driver.ts';
import { type RecordSummary, summaryOf } from './record-summary.ts';

/** The canary's result, or why there is none. */
export type CanaryFinding =
  | (Pick<CanaryReport, 'verdict' | 'tasks' | 'services'> & { readonly failed: readonly string[] })
  | { readonly verdict: 'unknown'; readonly reason: string };

/** The public status of the secret. JSON. */
export interface SecretStatus {
  /** The signing secret and the set of accepted keys. */
  readonly parameters: readonly ParameterState[];
  /** `null` until the first run of the rotation has made its record. */
  readonly rotation: RecordSummary | null;
  readonly nextRotation: NextRotation | null;
  readonly canary: CanaryFinding;
}

interface StatusConnections extends RotationConnections {
  readonly lambda: LambdaClient;
  readonly ssm: SSMClient;
}

/**
 * Reads the status of the secret: its parameters, the rotation record, whether the rotation's execution is alive and, through
 * the canary, which keys each task holds.
 *
 * @param now - milliseconds since 1970
 * @throws CommandError (3) when AWS refuses the caller, (4) when something but the canary and Step Functions does not answer
 */
export async function secretStatus(
  { executions, readRecord, lambda, ssm }: StatusConnections,
  config: EnvironmentConfig,
  now: number,
): Promise<SecretStatus> {
  const [parameters, { record, driver }, canary] = await Promise.all([
    readParameterStates(ssm, [config.signingSecretParameter, config.keySetParameter]),
    readDriven(readRecord, (arn) => executions.describe(arn)),
    askCanary(lambda, config),
  ]);
  const rotation = record ? summaryOf(record, driver) : null;
  return { parameters, rotation, nextRotation: rotation && nextRotation(rotation, config.rotation, now), canary };
}

/** A canary that does not answer does not hide the rest of the status. */
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

/** The public state of a SecureString: never its value, encrypted or not. */
interface ParameterState {
  readonly name: string;
  /** Absent, as `modifiedAt` is, when there is no such parameter. */
  readonly version?: number;
  /** ISO 8601. */
  readonly modifiedAt?: string;
}

/**
 * Reads parameters without decrypting them, in the order of their names.
 *
 * @throws CommandError (3) when AWS refuses the caller, (4) when they cannot be read otherwise
 */
async function readParameterStates(ssm: SSMClient, names: readonly string[]): Promise<readonly ParameterState[]> {
  const command = new GetParametersCommand({ Names: [...names], WithDecryption: false });
  const { Parameters = [] } = await ssm.send(command).catch((error: unknown) => {
    throw awsFailure('Could not read the parameters of the secret', error);
  });
  return names.map((name) => {
    const { Version: version, LastModifiedDate: modified } = Parameters.find(({ Name }) => Name === name) ?? {};
    return {
      name,
      ...(version !== undefined && { version }),
      ...(modified && { modifiedAt: modified.toISOString() }),
    };
  });
}

/** When the secret is rotated next. */
export type NextRotation =
  | { readonly state: 'scheduled' | 'due' /** ISO 8601 */; readonly at: string }
  /** The configuration pauses the schedule. */
  | { readonly state: 'paused' }
  /** A rotation is under way, its execution ended before it finished, or it waits for a person. */
  | { readonly state: 'under-way' | 'execution-ended' | 'stopped' };

const DAY_MS = 24 * 3_600_000;

/**
 * When the schedule rotates the secret next: when it reaches the configured age.
 *
 * @param now - milliseconds since 1970
 */
export function nextRotation(
  { phase, driver, stopped, signingSince }: RecordSummary,
  { everyDays, paused }: EnvironmentConfig['rotation'],
  now: number,
): NextRotation {
  if (stopped) return { state: 'stopped' };
  if (driver?.state === 'ended') return { state: 'execution-ended' };
  if (phase !== 'idle') return { state: 'under-way' };
  if (paused) return { state: 'paused' };
  const due = Date.parse(signingSince) + everyDays * DAY_MS;
  return { state: due <= now ? 'due' : 'scheduled', at: new Date(due).toISOString() };
}
