import type { RotationRecord } from '../../contract/rotation.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { duration } from '../format.ts';
import type { Screen } from '../terminal.ts';
import type { ReadRecord } from './connect.ts';
import { type Execution, executionName, isOver } from './execution.ts';
import { graceEnd, notesOf } from './notes.ts';

/** A call of the function may take four minutes, and only one runs at a time. */
const ANSWER_MS = 6 * 60_000;

/** What following an execution works with. */
export interface Connections {
  readonly executions: {
    /** `undefined` when there is no such execution, or not yet. */
    describe(arn: string): Promise<Execution | undefined>;
  };
  readonly readRecord: ReadRecord;
  /** Waits for the polling interval; returns at once when interrupted. */
  pause(): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Stops the watching only. */
  readonly interrupted: AbortSignal;
}

/** What was seen last. */
export interface Seen {
  readonly execution: Execution;
  readonly record: RotationRecord | undefined;
  /** `begun`: the record names this execution. */
  readonly state: 'over' | 'begun' | 'interrupted';
}

/**
 * Follows an execution and shows what it does.
 *
 * @param started - the execution, as it was when it was started or found
 * @param until - `begun`: until it was admitted; `over`: until its end
 * @param screen - gets a line for each change, and the countdown of the grace time
 * @throws CommandError (4) when the function does not answer for six minutes
 */
export async function follow(
  started: Execution,
  until: 'begun' | 'over',
  screen: Screen,
  { executions, readRecord, pause, now, interrupted }: Connections,
): Promise<Seen> {
  const { arn } = started;
  const answerBy = now() + ANSWER_MS;
  let shown: RotationRecord | undefined;
  for (;;) {
    // In this order: the record of a finished execution is up to date then.
    const execution = (await executions.describe(arn)) ?? started;
    const record = await readRecord();
    const isOurs = record?.execution === arn;
    if (isOurs && until === 'over') {
      for (const note of notesOf(shown, record)) screen.line(stamped(note, execution, now()));
      screen.status(countdown(record, now()));
    }
    if (isOurs) shown = record;
    if (isOver(execution)) return { execution, record, state: 'over' };
    if (isOurs && until === 'begun') return { execution, record, state: 'begun' };
    if (interrupted.aborted) return { execution, record, state: 'interrupted' };
    if (shown === undefined && now() > answerBy) throw unanswered(arn);
    await pause();
  }
}

/** The time, how long the execution has taken so far, and what is new. */
function stamped(note: string, { startedAt }: Execution, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(startedAt)) / 1000));
  return `${new Date(now).toISOString().slice(0, 19)}Z  ${`+${seconds} s`.padStart(8)}  ${note}`;
}

function countdown(record: RotationRecord, now: number): string {
  const end = graceEnd(record);
  return end === undefined ? '' : `  grace: ${duration((end - now) / 1000)} left`;
}

function unanswered(arn: string): CommandError {
  return new CommandError(
    `The rotation ${executionName(arn)} was started, but its function has not responded yet. Check the execution ${arn} in ` +
      'Step Functions and the log group of the rotation function.',
    EXIT.unreachable,
  );
}
