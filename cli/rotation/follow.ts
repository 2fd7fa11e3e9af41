import type { Phase, RotationRecord, ServiceRole } from '../../contract/rotation.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { duration } from '../format.ts';
import type { Screen } from '../terminal.ts';
import type { ReadRecord } from './connect.ts';
import { type Execution, executionName, isOver } from './execution.ts';

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

type Direction = RotationRecord['direction'];

const SERVICE: Readonly<Record<ServiceRole, string>> = { mcp: 'MCP', catalog: 'catalog' };

const inBoth = (text: string) => ({ forward: text, back: text });

/** What happens in each phase. */
const DOES: Readonly<Record<Phase, Readonly<Record<Direction, string>>>> = {
  idle: inBoth('no rotation'),
  createSecret: {
    forward: 'the next key is added to the accepted keys; MCP tasks are replaced one by one',
    back: 'the next key is removed from the accepted keys; MCP tasks are replaced one by one',
  },
  testSecret: inBoth('the canary tests tokens of both keys on every task'),
  finishSecret: {
    forward: 'the next key starts signing; catalog tasks are replaced one by one',
    back: 'the old key signs again; catalog tasks are replaced one by one',
  },
  grace: {
    forward: 'tokens of the old key expire; both keys are accepted',
    back: 'tokens of the next key expire; both keys are accepted',
  },
  retireSecret: {
    forward: 'the old key is removed from the accepted keys; tasks of both services are replaced one by one',
    back: 'the next key is removed from the accepted keys; tasks of both services are replaced one by one',
  },
  repair: inBoth('manual changes are reverted; tasks of both services are replaced one by one'),
  revokeSecret: inBoth('only the next key is accepted; tasks of both services are replaced one by one'),
};

/**
 * When the grace time ends, in milliseconds since 1970; `undefined` before it starts, which is at the end of the
 * catalog's rollout.
 */
export function graceEnd({ phase, grace }: RotationRecord): number | undefined {
  return phase === 'grace' && grace ? Date.parse(grace.since) + grace.seconds * 1000 : undefined;
}

/**
 * What changed in a record since the last look, a line each, in order.
 *
 * @param before - `undefined` at the first look
 */
function notesOf(before: RotationRecord | undefined, now: RotationRecord): readonly string[] {
  return [...rollEnd(before, now), ...phaseNote(before, now), ...graceNote(before, now), ...rollBegin(before, now)];
}

function phaseNote(before: RotationRecord | undefined, now: RotationRecord): readonly string[] {
  if (before?.phase === now.phase && before.direction === now.direction) return [];
  const { phase, direction, backBecause, repaired } = now;
  const turned = direction === 'back' && before?.direction !== 'back' && backBecause !== undefined;
  return [
    ...(turned ? [`rolling back: ${backBecause}`] : []),
    `${phase}: ${DOES[phase][direction]}`,
    ...(phase === 'repair' && repaired !== undefined ? [`repairing: ${repaired}`] : []),
  ];
}

function graceNote(before: RotationRecord | undefined, now: RotationRecord): readonly string[] {
  const end = graceEnd(now);
  if (end === undefined || (before !== undefined && graceEnd(before) === end)) return [];
  return [`grace until ${new Date(end).toISOString()}`];
}

function rollBegin(before: RotationRecord | undefined, { roll, retries }: RotationRecord): readonly string[] {
  if (roll === undefined || roll.deployment === before?.roll?.deployment) return [];
  return [`${SERVICE[roll.service]}: rollout ${roll.deployment} started${retries ? ` (attempt ${retries + 1})` : ''}`];
}

/** The record does not say whether the rollout succeeded; the next line shows it. */
function rollEnd(before: RotationRecord | undefined, { roll }: RotationRecord): readonly string[] {
  if (before?.roll === undefined || before.roll.deployment === roll?.deployment) return [];
  return [`${SERVICE[before.roll.service]}: rollout ${before.roll.deployment} ended`];
}
