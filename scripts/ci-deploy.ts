import { join } from 'node:path';
import { EXIT } from '../cli/exit-codes.ts';
import { FAILURE_LOG, findRunning, RUN_DIRECTORY } from '../cli/local/running.ts';
import { newProgram } from '../cli/program.ts';
import { LocalEnvironment } from '../local/run/environment.ts';
import { Progress, withEnvironment } from '../local/run/with-environment.ts';
import { quiltctl, runNode } from './ci/run.ts';

/** What a deploy job does: deploys, and asks the canary once more, from where the job runs. */
const { environment } = newProgram(
  'npm run ci:deploy --',
  'Deploys an environment, then checks it; the exit code is that of what failed first.',
)
  .requiredOption('--environment <name>', 'environment to deploy; a local one is started when none runs')
  .parse()
  .opts<{ environment: string }>();

process.exitCode = await inEnvironment(environment, async () => {
  const deployed = await quiltctl('deploy', '--environment', environment);
  return deployed === EXIT.done ? quiltctl('canary', '--environment', environment) : deployed;
});

/**
 * Does some work on an environment. If that is `local` and none runs, one is started for the work and ends with it, so that
 * a job can be tried without an AWS account.
 *
 * @returns the exit code of the work, or of what has to be installed before it
 */
async function inEnvironment(name: string, work: () => Promise<number>): Promise<number> {
  if (name !== 'local' || findRunning() !== undefined) return work();
  const installed = await runNode([join('scripts', 'launch.cjs'), '--local']);
  if (installed !== 0) return installed;
  // Said first, so that the last line is what the work has to say.
  process.stderr.write(
    `Starting a local environment for this job. If the job fails, its log is kept in ${FAILURE_LOG}.\n`,
  );
  return withEnvironment(
    { start: (say) => LocalEnvironment.start({ directory: RUN_DIRECTORY, say }), progress: new Progress() },
    work,
  );
}
