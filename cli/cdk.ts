import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EXIT } from './exit-codes.ts';

/** The project folder, where the CDK CLI finds `cdk.json`. */
export const PROJECT_ROOT = join(import.meta.dirname, '..');

/**
 * Starts the project's own CDK CLI in the project's folder.
 *
 * @param args - the CLI's arguments
 * @param options - as for `spawn`, with the whole environment of the process
 */
export function startCdk(
  args: readonly string[],
  { env, ...options }: SpawnOptions & { readonly env: NodeJS.ProcessEnv },
): ChildProcess {
  return spawn(process.execPath, [join(PROJECT_ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...args], {
    ...options,
    cwd: PROJECT_ROOT,
    env: {
      // The CLI is a 16 MB file and the app's library is large: reuse the launcher's compile cache.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...env,
      // Otherwise the CLI reports usage to AWS and fetches notices.
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
}

/** Commands of the CDK CLI that compare with, or change, what is deployed. */
const NEEDS_DEPLOYMENT = ['deploy', 'destroy', 'diff', 'drift', 'import', 'refactor', 'rollback', 'watch'];

/**
 * Whether arguments of the CDK CLI are about the environment `local`, which is the default of the CDK app too, and about what is
 * deployed there. `bootstrap aws://ACCOUNT/REGION` names an account instead, and `synth` needs none.
 */
export function isAboutLocalDeployment(args: readonly string[]): boolean {
  const context = args.flatMap((arg, index) => {
    if (arg === '-c' || arg === '--context') return args[index + 1] ?? [];
    return /^(?:-c=?|--context=)(.+)$/s.exec(arg)?.[1] ?? [];
  });
  const environment = context.findLast((pair) => pair.startsWith('environment=')) ?? 'environment=local';
  return environment === 'environment=local' && args.some((arg) => NEEDS_DEPLOYMENT.includes(arg));
}

/** The output of a run of the CDK CLI, and how it ended. */
export interface CdkSaid {
  readonly succeeded: boolean;
  /** Lines of standard output and standard error, in order of arrival. */
  readonly text: string;
}

/** Follows a run of the CDK CLI in place of passing its output on. */
export interface CdkFollower {
  /** Gets each line as it arrives. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Stops the CLI when it fires. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the CDK CLI and captures its output.
 *
 * @param variables - the CLI's whole environment
 * @throws the signal's reason when the signal fires
 */
export async function captureCdk(
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
  { onLine, signal }: CdkFollower = {},
): Promise<CdkSaid> {
  signal?.throwIfAborted();
  const child = startCdk(args, {
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A separate process group: the build and the app are further processes, which have to end with the CLI.
    detached: signal !== undefined,
  });
  const end = () => endGroup(child.pid);
  signal?.addEventListener('abort', end, { once: true });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      onLine?.(line);
    });
  }
  const succeeded = await endOf(child).finally(() => signal?.removeEventListener('abort', end));
  signal?.throwIfAborted();
  return { succeeded, text: lines.join('\n') };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // The whole group has ended.
  }
}

/** Waits until a process has ended and its output is complete; returns whether it succeeded. */
export function endOf(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Waits for something of a process. Meanwhile signals go to it, and this process outlives it.
 *
 * @returns the result, and whether there was a signal
 */
export async function passingSignals<T>(
  child: ChildProcess,
  wait: (child: ChildProcess) => Promise<T>,
): Promise<{ readonly result: T; readonly interrupted: boolean }> {
  let interrupted = false;
  const pass = (signal: NodeJS.Signals) => {
    interrupted = true;
    // From a terminal it has received the signal already; a second one has no effect.
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    const result = await wait(child);
    return { result, interrupted };
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}

/** Waits for the exit code of a process. Signals go to it, and this process outlives it. */
export async function exitCodeOf(child: ChildProcess): Promise<number> {
  const { result } = await passingSignals(
    child,
    () =>
      new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => resolve(code ?? EXIT.interrupted));
      }),
  );
  return result;
}
