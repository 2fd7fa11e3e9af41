import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../local/run/ports.ts';

/** How to start a server; HOST and PORT are added to its environment. */
export type Command = {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
};

const START_TIMEOUT_MS = 60_000;
/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on. */
const TICK_MICROSECONDS = 10_000;
/** Of what it writes, as much as explains why it did not start. */
const OUTPUT_LIMIT = 10_000;

/**
 * A server in a process of its own. What it writes is read at once and forgotten, as a log is that goes somewhere
 * else.
 */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  #output = '';

  private constructor(child: ChildProcess, port: number) {
    this.port = port;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        if (this.#output.length < OUTPUT_LIMIT) this.#output += chunk.toString();
      });
    }
  }

  /**
   * Starts a server and waits until it takes connections.
   *
   * @param prefix a command that starts the command, such as `taskset`
   * @throws Error with what the server wrote, when it ends before that
   */
  static async start({ command, environment, cwd }: Command, prefix: readonly string[]): Promise<ServerProcess> {
    const port = await freePort();
    const [program = '', ...args] = [...prefix, ...command];
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH, ...environment, HOST: '127.0.0.1', PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
    });
    const server = new ServerProcess(child, port);
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await takesConnections(port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`${command.join(' ')} did not start: ${server.#output}`);
      }
      await pause(50);
    }
    return server;
  }

  /** CPU time that the process has used so far: all threads, user and system mode. It comes in steps of 10 ms. */
  cpuMicroseconds(): number {
    // proc(5): fields 14 and 15, counted behind the name of the program, which stands in brackets and may hold blanks.
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
  }

  /** Memory in MiB: resident now, and the most that ever was. */
  memory(): { readonly resident: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const mebibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
    return { resident: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await closed;
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Whether server and load have a core each. */
export type Cores = {
  readonly pinned: boolean;
  /** Goes before the command of a server. */
  readonly serverPrefix: readonly string[];
};

/** Puts this process, which makes the load, on the second core, and servers on the first, where there is `taskset`. */
export function pinCores(): Cores {
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', '1', String(process.pid)], { stdio: 'ignore' });
    return { pinned: true, serverPrefix: ['taskset', '--cpu-list', '0'] };
  } catch {
    return { pinned: false, serverPrefix: [] };
  }
}
