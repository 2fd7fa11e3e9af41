import { createInterface } from 'node:readline';
import { startCdk } from '../../cli/cdk.ts';
import { EMULATOR_ACCOUNT } from '../../config/emulator.ts';
import { LOCAL_REGION } from './aws-settings.ts';

const LINES_OF_AN_ERROR = 15;

export interface CdkRun {
  /** The CDK CLI's arguments. */
  readonly args: readonly string[];
  /** The CLI's whole environment. */
  readonly environment: Record<string, string>;
  /** Gets each line that the CLI prints. */
  readonly onLine: (line: string) => void;
  /** Ends the CLI when it fires. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs the project's own CDK CLI and returns what it printed. Throws with the last of it when it fails. */
export function runCdk({ args, environment, onLine, signal }: CdkRun): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = startCdk(args, {
      // A group of its own: the CLI runs the build and the app as further processes, which have to end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment,
        CDK_DEFAULT_ACCOUNT: EMULATOR_ACCOUNT,
        CDK_DEFAULT_REGION: LOCAL_REGION,
      },
    });
    const end = () => child.pid !== undefined && endGroup(child.pid);
    signal?.addEventListener('abort', end, { once: true });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        onLine(line);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      signal?.removeEventListener('abort', end);
      if (code === 0) resolve(lines.join('\n'));
      else reject(new Error(`cdk ${args[0]} failed:\n${lines.slice(-LINES_OF_AN_ERROR).join('\n').trim()}`));
    });
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // The whole group has ended.
  }
}
