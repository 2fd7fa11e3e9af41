import type { Call, KeyName, Progress, RotationRecord } from '../../contract/rotation.ts';
import { COMMANDS } from './commands.ts';
import { contentOf, type ParameterState, readParameters } from './parameter-state.ts';
import type { Ports } from './ports.ts';
import { progressOf, RecordConflict, type Run } from './run.ts';

/** The existing record, or the first one. */
async function recordFor({ execution }: Call, ports: Ports): Promise<RotationRecord | undefined> {
  const record = await ports.records.read();
  const isOfOthers =
    record?.phase === 'idle' &&
    (record.parameters.secret !== ports.names.secret || record.parameters.keySet !== ports.names.keySet);
  return record === undefined || isOfOthers ? makeRecord(ports, execution, record) : record;
}

/** Repeats the result of an execution that has ended, when its last call is retried. */
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
  // A rotation that repaired something first then begins.
  if (command.command === 'rotate' && last.outcome === 'repaired') return undefined;
  await ports.lock.release(execution);
  return progressOf(last);
}

/**
 * Decides what a call does: continue what its execution has in progress, or begin what it was started for.
 *
 * @returns the run to continue with, or the result to return at once
 */
export async function enter(call: Call, ports: Ports): Promise<Run | Progress> {
  const record = await recordFor(call, ports);
  if (record === undefined) {
    return {
      result: 'refused',
      code: 'parameters-invalid',
      message:
        'The secret has no record yet, and none can be created: the parameters do not hold a signing secret and a key set that contains it. Restore the last good values from the history of the parameters, then try again.',
    };
  }
  const run: Run = { ports, call, record };
  const said = await ended(call, ports, record);
  if (said !== undefined) return said;
  if (record.execution === call.execution) return run;
  // The execution ended with a repair before the rotation that it was started for; the call that reported it may have died.
  const endedItself = record.phase === 'idle' && record.last?.execution === call.execution;
  if (call.progress?.result === 'wait' && call.progress.phase !== 'idle' && !endedItself) {
    const message =
      record.execution === '' ? 'Another execution ended the rotation.' : `${record.execution} continues the rotation.`;
    return { result: 'done', outcome: 'superseded', message };
  }
  return COMMANDS[call.command.command](run);
}

/**
 * The first record, from what the deployment created or adopted. A set of two keys is half of a rotation without a record: the key
 * that does not sign is removed in the end, after a full grace time.
 *
 * @returns undefined when the parameters do not hold a signing secret and a set that contains it
 */
async function firstRecord(
  ports: Ports,
  found: ParameterState,
  execution: string,
): Promise<RotationRecord | undefined> {
  const { signing, accepted } = found;
  const { secret, keySet } = found.seen;
  if (signing === undefined || !accepted?.includes(signing) || !secret || !keySet) return undefined;
  const names = found.keys.map(({ thumbprint, keyId }): KeyName => ({ thumbprint, keyId, since: keySet.modifiedAt }));
  const signs = names.find(({ thumbprint }) => thumbprint === signing);
  const other = names.find((name) => name !== signs);
  if (signs === undefined) return undefined;
  const now = new Date(ports.now()).toISOString();
  const common = {
    revision: 1,
    direction: 'forward',
    phaseSince: now,
    parameters: ports.names,
    intended: contentOf(signing, accepted),
    seen: { secret, keySet },
    signingSince: secret.modifiedAt,
  } as const;
  if (other === undefined) return { ...common, phase: 'idle', execution: '', current: signs };
  return {
    ...common,
    phase: 'repair',
    goOnWith: 'grace',
    repaired: 'The set held two keys before there was a record.',
    execution,
    current: other,
    next: signs,
    committedAt: secret.modifiedAt,
    bothMaySign: true,
  };
}

/**
 * Creates the record, once, from the content of the parameters.
 *
 * @param instead - the record of other parameters, if there is one
 * @returns undefined when they are unusable
 * @throws RecordConflict when another execution was faster
 */
async function makeRecord(
  ports: Ports,
  execution: string,
  instead: RotationRecord | undefined,
): Promise<RotationRecord | undefined> {
  const record = await firstRecord(ports, await readParameters(ports.parameters, []), execution);
  if (record === undefined) return undefined;
  const next = { ...record, revision: (instead?.revision ?? 0) + 1 };
  if (!(await ports.records.write(next, instead))) throw new RecordConflict();
  return next;
}
