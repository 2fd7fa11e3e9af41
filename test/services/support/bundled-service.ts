import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../../../services/shared/settings.ts';

export const ROOT = join(__dirname, '../../..');

/** Builds the bundles, as the image and the local run do. */
export function buildServices(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--only', 'mcp', '--only', 'catalog'], { cwd: ROOT });
}

export type ServiceName = 'mcp' | 'catalog';

export const bundleOf = (name: ServiceName): string => join(ROOT, 'services', name, 'dist/server.mjs');

/** A service as a separate process: the bundle, with only the given environment. */
export class BundledService {
  output = '';
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;

  /**
   * @param bundle another file than the service's own
   * @param nodeOptions options for Node itself
   */
  constructor(
    name: ServiceName,
    environment: Environment,
    bundle = bundleOf(name),
    nodeOptions: readonly string[] = [],
  ) {
    // Far from node_modules, as in the image.
    this.#child = spawn(process.execPath, [...nodeOptions, bundle], {
      cwd: '/',
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.exited = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Resolves with its URL once it listens; rejects with its output when it ends before that. */
  async listening(): Promise<string> {
    const found = new Promise<string>((resolve) => {
      const look = () => {
        const url = /"event":"listening","url":"([^"]+)"/.exec(this.output)?.[1];
        if (url !== undefined) resolve(url);
      };
      this.#child.stdout?.on('data', look);
      look();
    });
    const ended = this.exited.then((code) => {
      throw new Error(`the service ended with ${code}: ${this.output}`);
    });
    return Promise.race([found, ended]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }
}
