import { connectRotation, type RotationConnections } from '../../cli/rotation/connect.ts';
import { readDriven } from '../../cli/rotation/driver.ts';
import type { Executions } from '../../cli/rotation/executions.ts';
import { loadEnvironment } from '../../config/load.ts';
import type { LocalEnvironment } from './environment.ts';

interface Connections extends Pick<RotationConnections, 'readRecord'> {
  readonly executions: Pick<Executions, 'describe' | 'start'>;
}

/** The rotation of a deployed environment. */
export function rotationOf({ clientSettings }: Pick<LocalEnvironment, 'clientSettings'>): RotationConnections {
  return connectRotation({ config: loadEnvironment('local'), clientSettings });
}

/**
 * Resumes a rotation that the end of the last run interrupted: its execution ended with the emulator, and nothing else would resume
 * it before the next scheduled one. A rotation that stopped by itself waits for a person, as on AWS.
 *
 * @returns what was found and done, for people; `undefined` when no rotation was interrupted
 * @throws CommandError when the emulator does not answer
 */
export async function resumeRotation({ readRecord, executions }: Connections): Promise<string | undefined> {
  const { record, driver, failure } = await readDriven(readRecord, (arn) => executions.describe(arn));
  if (record === undefined || record.phase === 'idle') return undefined;
  const { phase, stopped } = record;
  if (stopped) {
    return (
      `The rotation stopped in ${phase}: ${stopped.reason}\n` +
      'Fix the cause, then resume it with: bin/quiltctl rotate --resume'
    );
  }
  if (failure !== undefined) throw failure;
  if (driver?.state === 'running') return undefined;
  await executions.start({ command: 'resume', trigger: 'manual' });
  return (
    `The rotation was interrupted in ${phase}: its execution ended with the last run.\n` +
    'It is now resumed; follow it with: bin/quiltctl rotate --watch'
  );
}
