import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalEnvironment } from '../../local/run/environment.ts';

/**
 * Runs a proof in a local environment of its own, which ends with it and leaves nothing. Exit code 1 when it fails.
 *
 * @param name - of the proof
 * @param prove - gets the environment, in which nothing is deployed yet, and a folder for its files; false when it fails
 */
export async function proveLocally(
  name: string,
  prove: (environment: LocalEnvironment, directory: string) => Promise<boolean>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), `quilt-${name}-`));
  let environment: LocalEnvironment | undefined;
  process.on('exit', () => environment?.killNow());
  try {
    environment = await LocalEnvironment.start({ directory: join(directory, 'run') });
    process.exitCode = (await prove(environment, directory)) ? 0 : 1;
  } finally {
    await environment?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
