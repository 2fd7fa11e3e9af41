import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Command } from '../../contract/rotation.ts';
import { errorName } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import { CheckFailure } from './fault.ts';
import type { CanarySettings } from './settings.ts';
import { readRecord } from './state-table.ts';

/**
 * Why the rotation must check the parameters: a value that it did not write, or that has no record yet. A parameter that the canary
 * cannot decrypt may be encrypted under another key that the rotation can use.
 */
export type RepairCause = 'parameter-invalid' | 'parameter-unreadable' | 'foreign-value' | 'no-record';

export type RepairClients = { readonly dynamodb: DynamoDBClient; readonly sfn: SFNClient };

const INPUT: Command = { command: 'repair', trigger: 'canary' };

/**
 * Whether to start the rotation. Parameters that were invalid before the first record are not repaired. The execution recorded for a
 * step may be dead; one that is started beside a running one detects it and ends at once.
 */
async function isWanted(
  cause: RepairCause,
  settings: CanarySettings,
  dynamodb: DynamoDBClient,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const record = await readRecord(dynamodb, settings, abortSignal);
  return record !== undefined || cause === 'no-record';
}

/**
 * Starts an execution of the state machine that repairs the parameters, or creates their first record. Never throws: the canary's
 * result does not depend on it, and the next run starts it again.
 *
 * @param timeoutMs - for everything together
 */
export async function requestRepair(
  cause: RepairCause,
  settings: CanarySettings,
  { dynamodb, sfn }: RepairClients,
  timeoutMs = 5_000,
): Promise<void> {
  const { stateTable, stateMachine } = settings;
  if (stateTable === undefined || stateMachine === undefined) return;
  const abortSignal = AbortSignal.timeout(timeoutMs);
  try {
    if (!(await isWanted(cause, settings, dynamodb, abortSignal))) return;
    const command = new StartExecutionCommand({ stateMachineArn: stateMachine, input: JSON.stringify(INPUT) });
    const { executionArn = '' } = await sfn.send(command, { abortSignal });
    log('info', 'repair started', { cause, execution: executionArn });
  } catch (error) {
    const reason = error instanceof CheckFailure ? error.message : errorName(error);
    log('error', 'repair not started', { cause, operation: 'states:StartExecution', reason });
  }
}
