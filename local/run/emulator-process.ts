import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { awsEnvironment, LOCAL_REGION } from '../../cli/local/aws-settings.ts';
import { SERVICES_DIRECTORY } from '../../cli/local/images.ts';
import { runMark, SAVE_MS } from './leftovers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const START_MS = 30_000;
/** A stack operation under way holds the emulator up, so the wait is short unless there is a state to save. */
const STOP_MS = 2_000;
const LINES_OF_AN_ERROR = 15;

export interface EmulatorOptions {
  /** Loopback port for its API and its load balancer. */
  readonly port: number;
  /** Folder for its log and temporary files; its creator removes it. */
  readonly directory: string;
  /** Folder to keep its state in between runs; none: nothing is kept. */
  readonly stateDirectory?: string | undefined;
  /** JSON file that names the program behind each image. */
  readonly imageManifest: string;
  /** Additions to leave out, for the tests that ask whether they are still needed. */
  readonly without?: readonly string[];
  /** Whether IAM is enforced, with trust, role and session policies, for the tests of such policies. */
  readonly enforceIam?: boolean;
}

/** The local AWS emulator, as a process group of its own: its Lambda workers and ECS tasks are in the same group. */
export class EmulatorProcess {
  private readonly child: ChildProcess;
  readonly endpoint: string;
  readonly logFile: string;
  private readonly stopMs: number;

  private constructor(child: ChildProcess, endpoint: string, logFile: string, stopMs: number) {
    this.child = child;
    this.endpoint = endpoint;
    this.logFile = logFile;
    this.stopMs = stopMs;
  }

  /** Starts the emulator and waits until it answers. Throws with the log's path when it does not within 30 s. */
  static async start(options: EmulatorOptions): Promise<EmulatorProcess> {
    const endpoint = `http://127.0.0.1:${options.port}`;
    const logFile = join(options.directory, 'emulator.log');
    const temporary = join(options.directory, 'tmp');
    mkdirSync(temporary, { recursive: true, mode: 0o700 });
    // The emulator writes its Lambda worker there as CommonJS, and Node asks the nearest package.json what a .js file is.
    writeFileSync(join(temporary, 'package.json'), '{}');
    const log = openSync(logFile, 'w', 0o600);
    const without = (options.without ?? []).flatMap((name) => ['--without', name]);
    const python = join(ROOT, '.local', 'venv', 'bin', 'python');
    const child = spawn(python, [join(ROOT, 'local', 'emulator'), ...without], {
      detached: true,
      // Its standard input stays open as long as this process lives, and the emulator ends when it closes.
      stdio: ['pipe', log, log],
      env: {
        ...awsEnvironment(endpoint),
        ...runMark(options.directory),
        GATEWAY_PORT: String(options.port),
        MINISTACK_REGION: LOCAL_REGION,
        QUILT_LOCAL_IMAGES: options.imageManifest,
        QUILT_LOCAL_SERVICES: SERVICES_DIRECTORY,
        ECS_RESTORE_RECONCILE_DELAY_SECONDS: '0',
        ...(options.enforceIam ? { AUTH: 'true' } : {}),
        PYTHONDONTWRITEBYTECODE: '1',
        // What a task said last stands in the log, however the emulator ends.
        PYTHONUNBUFFERED: '1',
        // MiniStack's Lambda worker calls `url.parse()`.
        NODE_OPTIONS: '--disable-warning=DEP0169',
        TMPDIR: temporary,
        S3_DATA_DIR: join(options.stateDirectory ?? temporary, 's3'),
        STATE_DIR: join(options.stateDirectory ?? temporary, 'services'),
        ...(options.stateDirectory ? { PERSIST_STATE: '1', S3_PERSIST: '1' } : {}),
      },
    });
    child.once('error', () => {});
    const emulator = new EmulatorProcess(child, endpoint, logFile, options.stateDirectory ? SAVE_MS : STOP_MS);
    await emulator.waitUntilReady();
    return emulator;
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline && this.child.pid !== undefined && this.child.exitCode === null) {
      const answered = await fetch(`${this.endpoint}/_ministack/health`).catch(() => undefined);
      if (answered?.ok) return;
      await pause(50);
    }
    const log = readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-LINES_OF_AN_ERROR).join('\n');
    await this.stop();
    throw new Error(
      `The local AWS emulator did not start. Remove .local/venv and start again to reinstall it.\n${log}`,
    );
  }

  /** Ends the emulator and every process it started; with a state folder, it saves its state first. */
  async stop(): Promise<void> {
    if (this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await Promise.race([ended, pause(this.stopMs, undefined, { ref: false })]);
    }
    this.killGroup();
  }

  /** The last resort, at once: nothing of the group survives. */
  killGroup(): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // The whole group has ended.
    }
  }
}
