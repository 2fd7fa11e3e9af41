import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { signalGroup } from './processes-of.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** How a command ended. */
export interface Ended {
  /** `null` when it was killed. */
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Ends it, and everything that it has started, without a last word. */
  kill(): void;
}

/** A person, or a CI job, with the command line of this project: every command is a process of its own. */
export class Operator {
  readonly #directory: string;

  /** @param directory - the folder in which the environment's run folder is, as `run` */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Starts `bin/quiltctl` with arguments. */
  start(...args: readonly string[]): Running {
    const child = spawn(join(ROOT, 'bin', 'quiltctl'), args, {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, QUILT_LOCAL_DIRECTORY: this.#directory },
    });
    return { ended: endOf(child), kill: () => signalGroup(child, 'SIGKILL') };
  }

  /** Runs `bin/quiltctl` with arguments to its end. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** The one document of a command, whatever its exit code. */
  async ask<T>(...args: readonly string[]): Promise<T & { readonly exitCode: number | null }> {
    const { exitCode, out, err } = await this.run(...args, '--json');
    try {
      return { ...JSON.parse(out), exitCode };
    } catch {
      throw new Error(`bin/quiltctl ${args.join(' ')} ended with ${exitCode} and no document:\n${out}\n${err}`);
    }
  }
}

function endOf(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stderr?.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, out, err }));
  });
}
