import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readDriven } from '../../cli/rotation/driver.ts';
import { Executions } from '../../cli/rotation/executions.ts';
import { type ReadRecord, recordReader } from '../../cli/rotation/read-record.ts';
import { loadEnvironment } from '../../config/load.ts';
import { rotationStateMachineArn } from '../../lib/names.ts';
import type { LocalEnvironment } from './environment.ts';

interface DeployedRotation {
  readonly readRecord: ReadRecord;
  readonly executions: Pick<Executions, 'describe' | 'start'>;
}

/** The rotation of a deployed environment. */
export function rotationOf({ clientSettings }: Pick<LocalEnvironment, 'clientSettings'>): DeployedRotation {
  const config = loadEnvironment('local');
  const clients = { dynamodb: new DynamoDBClient(clientSettings), ssm: new SSMClient(clientSettings) };
  return {
    readRecord: recordReader(clients, config.namePrefix),
    executions: new Executions(new SFNClient(clientSettings), rotationStateMachineArn(config)),
  };
}

/**
 * Resumes a rotation that the end of the last run interrupted: its execution ended with the emulator, and nothing else would resume
 * it before the next scheduled one. A rotation that stopped by itself waits for a person, as on AWS.
 *
 * @returns what was found and done, for people; `undefined` when no rotation was interrupted
 * @throws CommandError when the emulator does not answer
 */
export async function resumeRotation({ readRecord, executions }: DeployedRotation): Promise<string | undefined> {
  const { record, driver, failure } = await readDriven(readRecord, (arn) => executions.describe(arn));
  if (record === undefined || record.phase === 'idle') return undefined;
  const { phase, stopped } = record;
  if (stopped) {
    return (
      `The rotation stopped in ${phase}: ${stopped.reason}\n` +
      'After you fix the cause, resume it with: bin/quiltctl rotate --resume'
    );
  }
  if (failure !== undefined) throw failure;
  if (driver?.state === 'running') return undefined;
  await executions.start({ command: 'resume', trigger: 'manual' });
  return (
    `The rotation was interrupted in ${phase}: its execution ended with the last run.\n` +
    'It has been resumed; follow it with: bin/quiltctl rotate --watch'
  );
}
