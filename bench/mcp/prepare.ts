import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { BUNDLE_OPTIONS } from '../../test/support/bundle-options.ts';

const HERE = import.meta.dirname;
const MODULES = join(HERE, 'node_modules');

const PYTHON_ENVIRONMENT = join(MODULES, '.python');
export const PYTHON = join(PYTHON_ENVIRONMENT, 'bin', 'python');

/** The peers are pinned by name and version; what they need in turn, by this date instead of a lock file of 2,400 lines. */
const PUBLISHED_BEFORE = '2026-12-01T00:00:00Z';

/**
 * Installs what is measured beside our own service, once, into a folder that git ignores. None of it is a dependency
 * of ours.
 */
export function installPeers(): void {
  const run = (command: string, args: readonly string[]): void => {
    execFileSync(command, args, { cwd: HERE, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const quietly = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  if (!existsSync(MODULES)) run('npm', ['install', `--before=${PUBLISHED_BEFORE}`, ...quietly]);
  if (existsSync(join(PYTHON_ENVIRONMENT, 'bin', 'fastmcp'))) return;
  run('python3', ['-m', 'venv', PYTHON_ENVIRONMENT]);
  // The list is complete, and pip's own resolution would be another one.
  run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', 'requirements.txt']);
}

const ROOT = join(import.meta.dirname, '..', '..');

/** The tool that every server of the benchmark has takes the place of the service's own. */
const ECHO_ONLY: Plugin = {
  name: 'echo-only',
  setup(builder) {
    builder.onResolve({ filter: /\/all-tools\.ts$/ }, () => ({ path: join(import.meta.dirname, 'ours', 'tools.ts') }));
  },
};

/** The MCP service as it is deployed, but for its tools. */
export async function bundleService(outfile: string): Promise<void> {
  await bundle('services/mcp/main.ts', outfile, [ECHO_ONLY]);
}

/** A file of this folder, for a Node of any version to run. */
export async function bundleProgram(name: string, outfile: string): Promise<void> {
  await bundle(`bench/mcp/${name}`, outfile, []);
}

async function bundle(entry: string, outfile: string, plugins: Plugin[]): Promise<void> {
  await build({
    ...BUNDLE_OPTIONS,
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    plugins,
  });
}
