import type { Call, Progress, RotationRecord } from '../../contract/rotation.ts';
import { makeRecord } from './baseline.ts';
import { COMMANDS } from './commands.ts';
import type { Ports } from './ports.ts';
import { type Run, repeat } from './run.ts';

/** The record that is there, or the first one. */
async function recordFor({ execution }: Call, ports: Ports): Promise<RotationRecord | undefined> {
  const record = await ports.records.read();
  const isOfOthers =
    record?.phase === 'idle' &&
    (record.parameters.secret !== ports.names.secret || record.parameters.keySet !== ports.names.keySet);
  return record === undefined || isOfOthers ? makeRecord(ports, execution, record) : record;
}

/** What an execution says that has ended already, when its last call is repeated. */
async function ended(
  { execution, command }: Call,
  ports: Ports,
  record: RotationRecord,
): Promise<Progress | undefined> {
  const { last, stopped } = record;
  if (stopped?.execution === execution) {
    await ports.lock.release(execution);
    return { result: 'failed', code: 'stopped', message: stopped.reason };
  }
  if (record.phase !== 'idle' || last?.execution !== execution) return undefined;
  // A rotation that found something to repair begins afterwards.
  if (command.command === 'rotate' && last.outcome === 'repaired') return undefined;
  await ports.lock.release(execution);
  return repeat(last);
}

/**
 * Decides what a call may do: go on with what its execution drives, or begin what it was started for.
 *
 * @returns the run to go on with, or what to say at once
 */
export async function enter(call: Call, ports: Ports): Promise<Run | Progress> {
  const record = await recordFor(call, ports);
  if (record === undefined) {
    return {
      result: 'refused',
      code: 'parameters-invalid',
      message:
        'There is no record of the secret yet, and the parameters do not hold a signing secret together with a set of keys that ' +
        'it is in, so none can be made. Put the last good values back from the history of the parameters, then ask again.',
    };
  }
  const run: Run = { ports, call, record };
  const said = await ended(call, ports, record);
  if (said !== undefined) return said;
  if (record.execution === call.execution) return run;
  // Its own end was a repair before the rotation that it was started for; the call that said so may have died.
  const endedItself = record.phase === 'idle' && record.last?.execution === call.execution;
  if (call.progress?.result === 'wait' && call.progress.phase !== 'idle' && !endedItself) {
    const message =
      record.execution === '' ? 'Another execution has ended it.' : `${record.execution} goes on with it.`;
    return { result: 'done', outcome: 'superseded', message };
  }
  return COMMANDS[call.command.command](run);
}
