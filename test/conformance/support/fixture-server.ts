import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { Environment } from '../../../services/shared/settings.ts';
import { BUNDLE_OPTIONS } from '../../support/bundle-options.ts';

/** Bundles the service with its fixtures, as the service itself is bundled. */
export async function bundleFixture(outfile: string): Promise<void> {
  await build({ ...BUNDLE_OPTIONS, entryPoints: [join(__dirname, '../fixture/main.ts')], outfile });
}

/** The service with its fixtures, as a separate process. */
export class FixtureServer {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(bundle: string, environment: Environment) {
    this.#child = spawn(process.execPath, [bundle], {
      cwd: '/',
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Resolves with its URL once it listens; rejects with its last line when it ends before that. */
  async listening(): Promise<string> {
    let last = '';
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the output of the server is not there');
    const lines = createInterface({ input: stdout });
    try {
      for await (last of lines) {
        const { event, url } = JSON.parse(last);
        if (event === 'listening') return url;
      }
      throw new Error(`the server ended: ${last}`);
    } finally {
      lines.close();
      stdout.resume();
    }
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
