import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../cli/cdk.ts';
import { EXIT } from '../../cli/exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program of this project with Node, in its folder, and passes its output on. Signals go to it.
 *
 * @param args - of Node
 * @returns the exit code
 */
export async function runNode(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...args], {
    cwd: PROJECT_ROOT,
    stdio: 'inherit',
    // The AWS SDK announces the Node version that a release of next year will need.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...process.env },
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? EXIT.interrupted));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}

/** Runs the command line as a person does: what is proved here is what a person gets. */
export function quiltctl(...args: readonly string[]): Promise<number> {
  return runNode(['--import', 'tsx', join('cli', 'main.ts'), ...args]);
}
