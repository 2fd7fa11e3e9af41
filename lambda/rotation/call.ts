import type { Phase } from './record.ts';

/** What a person or a machine wants: the input of an execution of the state machine. No secret is ever in it. */
export type Command = {
  readonly command: 'rotate' | 'resume' | 'abort' | 'repair' | 'revoke';
  /** Who asks. A scheduled rotation waits for its day and for a deploy; a person is told at once. */
  readonly trigger: 'manual' | 'schedule' | 'event' | 'canary';
  /** With `rotate`: the SecureString that holds the next secret, by its name. */
  readonly fromParameter?: string;
};

/** Why a command was not carried out. Stable: the command line turns it into an exit code. */
export type RefusalCode =
  | 'rotation-under-way'
  | 'rotation-unfinished'
  | 'nothing-to-resume'
  | 'nothing-to-abort'
  | 'no-way-back'
  | 'deploy-under-way'
  | 'incoming-invalid'
  | 'parameters-invalid';

/** Call again after so many seconds. */
export type Waiting = {
  readonly result: 'wait';
  readonly phase: Phase;
  readonly seconds: number;
  readonly message: string;
  /** How many calls of the execution have waited so far. */
  readonly calls?: number;
  /** How often in a row they waited for the lock. */
  readonly lockTries?: number;
};

/** What one call of the function did, and what the state machine does next with it. */
export type Progress =
  | Waiting
  /** The execution succeeds; nothing is wrong. */
  | {
      readonly result: 'done';
      readonly outcome: 'rotated' | 'aborted' | 'repaired' | 'revoked' | 'nothing-to-do' | 'not-due' | 'superseded';
      readonly message: string;
    }
  /** The execution succeeds, and did nothing of what was asked. */
  | { readonly result: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** The execution fails, which raises the alarm. `undone`: all is as before. `stopped`: a person has to look. */
  | { readonly result: 'failed'; readonly code: 'undone' | 'stopped'; readonly message: string };

/** One call: the state machine adds the name of its execution, and what the call before said. */
export type Call = {
  readonly execution: string;
  readonly command: Command;
  /** Absent in the first call of an execution. */
  readonly progress?: Progress;
};
