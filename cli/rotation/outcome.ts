import type { Progress } from '../../lambda/rotation/call.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Execution, executionName } from './executions.ts';

/** How an execution that is over ended, for whoever started it or watched. */
export type Outcome = { readonly exitCode: ExitCode; readonly message: string };

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
 * What an execution that is over says.
 *
 * @param execution - `isOver`
 */
export function outcomeOf({ arn, status, progress, failure }: Execution): Outcome {
  if (progress !== undefined) return { exitCode: exitCodeOf(progress), message: progress.message };
  return {
    exitCode: EXIT.checkFailed,
    message:
      `The rotation ${executionName(arn)} did not come to its end (${status}): ${failure ?? 'no reason is known'}. ` +
      'The log group of the rotation function has more; when the cause is mended, go on with bin/quiltctl rotate --resume.',
  };
}
