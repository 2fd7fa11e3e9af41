import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exitCodeOf, PROJECT_ROOT } from '../../cli/cdk.ts';

/**
 * Runs a program of this project with Node, in its folder, and passes its output on. Signals go to it.
 *
 * @param args - of Node
 * @returns the exit code
 */
export function runNode(args: readonly string[]): Promise<number> {
  return exitCodeOf(spawn(process.execPath, [...args], { cwd: PROJECT_ROOT, stdio: 'inherit' }));
}

/** Runs the command line as a person does: what is proved here is what a person gets. */
export function quiltctl(...args: readonly string[]): Promise<number> {
  return runNode([join('scripts', 'launch.cjs'), 'quiltctl', ...args]);
}
