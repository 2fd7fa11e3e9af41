import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Command } from '../../contract/rotation.ts';
import { errorName } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import { CheckFailure } from './fault.ts';
import type { CanarySettings } from './settings.ts';
import { readRecord } from './state-table.ts';

/**
 * What the rotation has to look after: a parameter that is not as it wrote it, or that it has no record yet. One that the canary
 * cannot decrypt may have been written under another key, of which the rotation may know more.
 */
export type RepairCause = 'parameter-invalid' | 'parameter-unreadable' | 'foreign-value' | 'no-record';

export type RepairClients = { readonly dynamodb: DynamoDBClient; readonly sfn: SFNClient };

const INPUT: Command = { command: 'repair', trigger: 'canary' };

/**
 * Whether the rotation is to be started. Parameters that were invalid before there was a record are nobody's to repair. An
 * execution that is recorded for a step may be dead: one that is started beside a living one finds that out, and ends at once.
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
 * Starts an execution of the state machine that repairs the parameters, or makes the first record of them. Never throws: what
 * the canary found out does not depend on it, and the next run starts it again.
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
