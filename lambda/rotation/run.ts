import { quiltctl } from '../../contract/command-line.ts';
import type {
  Call,
  Ended,
  KeyName,
  Outcome,
  Phase,
  Progress,
  RotationRecord,
  Waiting,
} from '../../contract/rotation.ts';
import type { Ports } from './ports.ts';

/** One call of the function, with the record in its latest state. */
export type Run = { readonly ports: Ports; readonly call: Call; record: RotationRecord };

/** The result of a step: how the call ends, or that the next step follows at once. */
export type Step = Progress | 'go-on';

export type Changes = { readonly [K in keyof RotationRecord]?: RotationRecord[K] | undefined };

/** Another execution wrote the record. The call ends; the state machine retries it, and the retry reads the new record. */
export class RecordConflict extends Error {
  override readonly name = 'RecordConflict';

  constructor() {
    super('Another execution changed the record of the rotation.');
  }
}

/** The record with changes; `undefined` removes a value. */
export function changed(record: RotationRecord, changes: Changes, now: number): RotationRecord {
  const moved = [changes.phase ?? record.phase, changes.direction ?? record.direction];
  const stays = moved[0] === record.phase && moved[1] === record.direction;
  const merged = { ...record, ...changes, revision: record.revision + 1 };
  if (!stays) merged.phaseSince = iso(now);
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as RotationRecord;
}

/**
 * Writes the record, provided that it is the one that was read: of two executions, one is fenced off.
 *
 * @throws RecordConflict
 */
export async function save(run: Run, changes: Changes): Promise<void> {
  const next = changed(run.record, changes, run.ports.now());
  if (!(await run.ports.records.write(next, run.record))) throw new RecordConflict();
  run.record = next;
}

/** Writes the record and reports a new phase, which follows at once. */
export async function move(run: Run, changes: Changes & { readonly phase: Phase }, message: string): Promise<'go-on'> {
  await save(run, { roll: undefined, retries: undefined, ...changes });
  run.ports.report({ kind: 'step', message, record: run.record });
  return 'go-on';
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}

/** Requests another call by the state machine. */
export function wait({ record: { phase } }: Run, seconds: number, message: string): Waiting {
  return { result: 'wait', phase, seconds: Math.max(1, Math.ceil(seconds)), message };
}

/** The keys that the record names. */
export function keyNames({ current, next }: RotationRecord): readonly KeyName[] {
  return next === undefined ? [current] : [current, next];
}

/** The public key ID of a key, for messages. */
export function keyIdOf(record: RotationRecord, thumbprint: string): string {
  return keyNames(record).find((key) => key.thumbprint === thumbprint)?.keyId ?? 'an unknown key';
}

/** The result of an execution that has ended; its last call may be retried. */
export function progressOf({ outcome, reason: message = 'Done.' }: Ended): Progress {
  return outcome === 'undone' ? { result: 'failed', code: 'undone', message } : { result: 'done', outcome, message };
}

/**
 * Ends a run: idle, with one key, and the lock released.
 *
 * @param message - shown to people
 */
export async function rest(run: Run, outcome: Outcome, message: string, changes: Changes = {}): Promise<Progress> {
  const { ports, call } = run;
  const last: Ended = { outcome, reason: message, at: iso(ports.now()), execution: call.execution };
  await save(run, {
    phase: 'idle',
    direction: 'forward',
    execution: '',
    next: undefined,
    committedAt: undefined,
    fromParameter: undefined,
    bothMaySign: undefined,
    grace: undefined,
    roll: undefined,
    retries: undefined,
    goOnWith: undefined,
    repaired: undefined,
    backBecause: undefined,
    revoked: undefined,
    stopped: undefined,
    ...changes,
    last,
  });
  await ports.lock.release(call.execution);
  ports.report({ kind: 'step', message, record: run.record });
  return progressOf(last);
}

/** Stops in the current phase until a person resumes. Both services keep their keys. */
export async function stop(run: Run, reason: string): Promise<Progress> {
  const { ports, call } = run;
  const resume = quiltctl('rotate --resume', ports.environment);
  const message = `${reason} The rotation stopped in ${run.record.phase}. Fix the cause, then resume it with ${resume}.`;
  ports.report({ kind: 'stopped', message });
  await save(run, {
    execution: '',
    roll: undefined,
    retries: undefined,
    stopped: { reason: message, at: iso(ports.now()), execution: call.execution },
  });
  await ports.lock.release(call.execution);
  return { result: 'failed', code: 'stopped', message };
}
