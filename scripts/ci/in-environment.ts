import { join } from 'node:path';
import { FAILURE_LOG, findRunning, RUN_DIRECTORY } from '../../cli/local/running.ts';
import { LocalEnvironment } from '../../local/run/environment.ts';
import { Progress } from '../../local/run/progress.ts';
import { withEnvironment } from '../../local/run/with-environment.ts';
import { runNode } from './run.ts';

/**
 * Does some work on an environment. Where that is `local` and none runs, one is started for the work and ended with it, so that
 * a job can be tried without an AWS account.
 *
 * @returns the exit code of the work, or of what has to be installed before it
 */
export async function inEnvironment(name: string, work: () => Promise<number>): Promise<number> {
  if (name !== 'local' || findRunning() !== undefined) return work();
  const installed = await runNode([join('scripts', 'launch.cjs'), '--local']);
  if (installed !== 0) return installed;
  // Said first, so that the last line is what the work has to say.
  process.stderr.write(
    `A local environment is started for this job. If the job fails, its log is kept in ${FAILURE_LOG}.\n`,
  );
  return withEnvironment(
    { start: (say) => LocalEnvironment.start({ directory: RUN_DIRECTORY, say }), progress: new Progress() },
    work,
  );
}
