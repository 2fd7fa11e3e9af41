import { join } from 'node:path';
import { LocalEnvironment } from '../../local/run/environment.ts';
import { findRunning, RUN_DIRECTORY } from '../../local/run/run-directory.ts';
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
  const environment = await LocalEnvironment.start({ directory: RUN_DIRECTORY });
  process.on('exit', () => environment.killNow());
  try {
    await environment.bootstrap();
    return await work();
  } finally {
    await environment.stop();
  }
}
