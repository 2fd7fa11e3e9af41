import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');

export type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/**
 * Runs the command line as a person does, without a terminal, with AWS clients that reach a fake or nobody.
 *
 * @param endpoint - of the fake; without one every AWS call fails
 * @param onOutput - gets the process with all that it has written to standard output so far
 */
export function runCli(
  args: readonly string[],
  endpoint = 'http://127.0.0.1:9',
  onOutput?: (child: ChildProcess, stdout: string) => void,
): Promise<Ended> {
  const child = spawn(join(ROOT, 'bin', 'quiltctl'), args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      CDK_VALIDATION: process.env.CDK_VALIDATION,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: '000000000000',
      AWS_SECRET_ACCESS_KEY: 'not-a-credential',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_MAX_ATTEMPTS: '1',
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    onOutput?.(child, stdout);
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
