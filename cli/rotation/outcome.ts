import type { Progress, RotationRecord } from '../../contract/rotation.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { duration } from '../format.ts';
import { endOf } from './driver.ts';
import { type Execution, executionName } from './execution.ts';
import { summaryOf } from './record-summary.ts';

/** How an execution ended. */
export type Outcome = { readonly exitCode: ExitCode; readonly message: string };

/** Inputs of the closing line beside the execution. */
export interface Closing {
  /** The record as the execution left it. */
  readonly record: RotationRecord | undefined;
  /** Whether the execution resumed a rotation of an earlier one. */
  readonly resumed: boolean;
  /** Milliseconds since 1970; used when Step Functions does not know when the execution ended. */
  readonly now: number;
  /** The command that resumes an unfinished rotation. */
  readonly resumeCommand: string;
}

function exitCodeOf(progress: Progress): ExitCode {
  switch (progress.result) {
    case 'done':
      return EXIT.done;
    case 'refused':
      return progress.code === 'incoming-invalid' ? EXIT.configuration : EXIT.refused;
    default:
      return EXIT.checkFailed;
  }
}

/**
 * The closing line of a finished execution: its result, its duration, and which key signs now.
 *
 * @param execution - `isOver`
 */
export function outcomeOf(execution: Execution, closing: Closing): Outcome {
  const { progress } = execution;
  if (progress === undefined) return { exitCode: EXIT.checkFailed, message: withoutResult(execution, closing) };
  const exitCode = exitCodeOf(progress);
  // Nothing was started: there is no duration, and no key.
  if (progress.result === 'refused') return { exitCode, message: progress.message };
  return { exitCode, message: `${ending(progress, execution, closing)}: ${progress.message}` };
}

/** Result, duration and, unless the function's message names it, the key that signs. */
function ending(progress: Progress, execution: Execution, closing: Closing): string {
  const took = duration(secondsOf(execution, closing.now));
  const rotation = closing.resumed ? 'Resumed rotation' : 'Rotation';
  const signing = signingKey(closing.record);
  const key = signing !== undefined && progress.message.includes(signing) ? undefined : signing;
  if (progress.result === 'failed') {
    return progress.code === 'undone'
      ? `${rotation} rolled back after ${took}${and(key, 'signs as before')}`
      : `${rotation} failed after ${took}${and(key, 'signs')}`;
  }
  switch (progress.result === 'done' && progress.outcome) {
    case 'rotated':
      return `${rotation} finished in ${took}${and(key, 'signs')}`;
    case 'aborted':
      return `${rotation} rolled back after ${took}${and(key, 'signs as before')}`;
    case 'repaired':
      return `Repair finished in ${took}${and(key, 'signs')}`;
    case 'revoked':
      return `Revocation finished in ${took}${and(key, 'signs')}`;
    default:
      return `Ended after ${took}${and(key, 'signs')}`;
  }
}

function withoutResult(execution: Execution, closing: Closing): string {
  const took = duration(secondsOf(execution, closing.now));
  const end = endOf({ state: 'ended', ...execution });
  const signs = and(signingKey(closing.record), 'signs');
  return (
    `Rotation ${executionName(execution.arn)} ended without a result after ${took} (${end})${signs}: ` +
    `${(execution.failure ?? 'reason unknown').replace(/\.$/, '')}. Check the log group of the rotation function, then run ` +
    `${closing.resumeCommand}.`
  );
}

function secondsOf({ startedAt, endedAt }: Execution, now: number): number {
  return ((endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt)) / 1000;
}

function signingKey(record: RotationRecord | undefined): string | undefined {
  return record && summaryOf(record).signingKeyId;
}

function and(key: string | undefined, does: string): string {
  return key === undefined ? '' : `; ${key} ${does}`;
}
