/** The command line's exit codes, the same for every command. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  /** Bad arguments or configuration. */
  configuration: 2,
  /** Authentication, a lock, or a change that needs a flag. */
  refused: 3,
  unreachable: 4,
  /** A check failed, such as a red canary. */
  checkFailed: 5,
  /** The shell's code for Ctrl-C; what was started on AWS may continue. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error that the user can fix: its message is the whole output, without a stack trace. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}
