import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const MODULES = join(HERE, 'node_modules');

const PYTHON_ENVIRONMENT = join(MODULES, '.python');
export const PYTHON = join(PYTHON_ENVIRONMENT, 'bin', 'python');

/**
 * Installs what is measured beside our own service, once, into a folder that git ignores. None of it is a dependency
 * of ours.
 */
export function installPeers(): void {
  const run = (command: string, args: readonly string[]): void => {
    execFileSync(command, args, { cwd: HERE, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  if (!existsSync(MODULES)) run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  if (existsSync(join(PYTHON_ENVIRONMENT, 'bin', 'fastmcp'))) return;
  run('python3', ['-m', 'venv', PYTHON_ENVIRONMENT]);
  // The list is complete, and pip's own resolution would be another one.
  run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', 'requirements.txt']);
}
