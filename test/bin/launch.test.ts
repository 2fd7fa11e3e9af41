/** The launcher in a project of its own, with an npm that installs from nowhere: what it brings, and what it says when it cannot. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const platformPackage = { integrity: 'sha512-none', os: process.platform, cpu: process.arch, optional: true };
const otherPlatform = { ...platformPackage, os: 'plan9' };
const LOCK_FILE = {
  packages: {
    '': {},
    'node_modules/tool': { version: '1.0.0', integrity: 'sha512-tool', dev: true },
    'node_modules/here': { version: '1.0.0', ...platformPackage },
    'node_modules/elsewhere': { version: '1.0.0', ...otherPlatform },
  },
};

/** Installs what the lock file names, but for what it is told to leave out, as npm does, and logs how it was called. */
const NPM = `
  const fs = require('node:fs'), path = require('node:path');
  fs.appendFileSync(process.env.NPM_LOG, JSON.stringify({
    args: process.argv.slice(2), node: process.versions.node, environment: process.env.NODE_ENV ?? null, cwd: process.cwd(),
  }) + '\\n');
  if (process.env.NPM_FAILS) { console.error(process.env.NPM_FAILS); process.exit(1); }
  const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
  const present = Object.entries(packages).filter(([name, { os = process.platform }]) => name !== '' && os === process.platform
    && name !== process.env.NPM_LEAVES_OUT);
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: Object.fromEntries(present) }));
  for (const [name] of present) if (name.startsWith('node_modules/node-')) {
    fs.mkdirSync(path.join(name, 'bin'), { recursive: true });
    fs.symlinkSync(process.execPath, path.join(name, 'bin/node'));
  }
`;

/** Stands for another release: all that tells the launcher is what the process says of itself. */
const OLDER_NODE = `
  const { FETCHED_NODE } = process.env;
  if (!process.argv0.includes('.local')) Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });
`;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A fresh clone, as far as the launcher sees it. */
function clone() {
  const folder = mkdtempSync(join(tmpdir(), 'quilt-launch-'));
  folders.push(folder);
  for (const path of ['scripts/launch', 'scripts/launch.cjs', 'scripts/node']) {
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
  mkdirSync(join(folder, 'local/emulator'), { recursive: true });
  writeFileSync(join(folder, 'local/emulator/requirements.txt'), '');
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(LOCK_FILE));
  writeFileSync(join(folder, 'npm-cli.js'), NPM);
  writeFileSync(join(folder, 'older-node.cjs'), OLDER_NODE);
  writeFileSync(
    join(folder, 'program.cjs'),
    'console.log(JSON.stringify({ argv: process.argv.slice(2), path: process.env.PATH, environment: process.env.NODE_ENV ?? null, node: process.execPath }));',
  );
  // Nothing but Node on the PATH, under the name that the launcher looks for.
  mkdirSync(join(folder, 'path'));
  symlinkSync(process.execPath, join(folder, 'path/node'));
  const environment = (more: NodeJS.ProcessEnv) => ({
    PATH: [join(folder, 'path'), '/usr/bin', '/bin'].join(delimiter),
    npm_execpath: join(folder, 'npm-cli.js'),
    NPM_LOG: join(folder, 'npm.log'),
    ...more,
  });
  return {
    folder,
    environment,
    launch(args: readonly string[], more: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
      return spawnSync(join(folder, 'scripts/launch'), args, { encoding: 'utf8', env: environment(more), cwd: '/' });
    },
    npmCalls(): { args: string[]; environment: string | null; cwd: string }[] {
      const log = join(folder, 'npm.log');
      if (!existsSync(log)) return [];
      return readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    },
  };
}

test('installs the packages once, then starts the program with its arguments', () => {
  const { launch, npmCalls } = clone();
  const first = launch(['program.cjs', '--one', 'two words']);
  expect(first).toMatchObject({ status: 0 });
  expect(first.stderr).toMatch(/Installing the Node packages …\n.*✔/);
  expect(JSON.parse(first.stdout).argv).toEqual(['--one', 'two words']);
  const second = launch(['program.cjs']);
  expect([second.status, second.stderr]).toEqual([0, '']);
  expect(npmCalls()).toHaveLength(1);
});

test('installs development packages with NODE_ENV=production too, and hides that variable from the program', () => {
  const { launch, npmCalls } = clone();
  const ran = launch(['program.cjs'], { NODE_ENV: 'production' });
  expect(JSON.parse(ran.stdout).environment).toBeNull();
  expect(npmCalls()).toMatchObject([
    { environment: null, args: expect.arrayContaining(['ci', '--include=dev', '--ignore-scripts']) },
  ]);
});

test.each(['node_modules/tool', 'node_modules/here'])('installs again when a package is missing: %s', (name) => {
  const { folder, launch, npmCalls } = clone();
  const incomplete = launch(['program.cjs'], { NPM_LEAVES_OUT: name });
  expect([incomplete.status, incomplete.stderr]).toEqual([2, expect.stringContaining(name)]);
  expect(launch(['program.cjs']).status).toBe(0);
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { ...LOCK_FILE.packages, 'node_modules/new': { version: '2.0.0' } } }),
  );
  expect(launch(['program.cjs']).status).toBe(0);
  expect(npmCalls()).toHaveLength(3);
});

test('accepts what npm itself has installed', () => {
  const { folder, launch, npmCalls } = clone();
  const [, tool, here] = Object.entries(LOCK_FILE.packages);
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'node_modules/.package-lock.json'),
    JSON.stringify({ packages: Object.fromEntries([tool, here].flatMap((each) => (each ? [each] : []))) }),
  );
  expect(launch(['program.cjs']).status).toBe(0);
  expect(npmCalls()).toEqual([]);
});

test('installs Node 24 on a machine with another release, and runs everything with it, npm too', () => {
  const { folder, launch, npmCalls } = clone();
  const older = { NODE_OPTIONS: `--require=${join(folder, 'older-node.cjs')}` };
  const first = launch(['program.cjs', 'argument'], older);
  expect(first.stderr).toContain('Fetching Node.js 24 into .local/node (this machine has 20.19.0)');
  const ran = JSON.parse(first.stdout);
  expect([first.status, ran.argv]).toEqual([0, ['argument']]);
  expect(ran.path.split(delimiter)[0]).toBe(dirname(ran.node));
  expect(npmCalls().map(({ cwd }) => cwd)).toEqual([join(folder, '.local/node'), folder]);
  expect(launch(['program.cjs'], older).stderr).toBe('');
});

test.each([
  [
    'npm ERR! code ENOSPC\nnpm ERR! nospc ENOSPC: no space left on device, write',
    /the disk is full\. Free .* then run the command again\.\n$/,
  ],
  [
    'npm ERR! network request failed',
    /network request failed\nInstalling the Node packages failed: .*npm registry reachable\?\n$/,
  ],
])('says what to do when the packages cannot be installed: %j', (failure, said) => {
  const { folder, launch } = clone();
  const failed = launch(['program.cjs'], { NPM_FAILS: failure });
  expect([failed.status, failed.stderr]).toEqual([2, expect.stringMatching(said)]);
  expect(existsSync(join(folder, '.local/setup.lock'))).toBe(false);
});

test('looks for Python before it installs anything', () => {
  const { launch, npmCalls } = clone();
  const failed = launch(['--local', 'program.cjs'], { PYTHON: 'no-such-python' });
  expect([failed.status, failed.stderr]).toEqual([
    2,
    expect.stringMatching(/^Python 3\.10 or later is required .* run the command again\.\n$/),
  ]);
  expect(npmCalls()).toEqual([]);
});

test('refuses a program that is not of this project, and never fetches one', () => {
  const { launch, npmCalls } = clone();
  const failed = launch(['no-such-program']);
  expect([failed.status, failed.stderr]).toEqual([2, expect.stringContaining('no-such-program')]);
  expect(npmCalls()).toHaveLength(1);
});

test('two that start at once install one after the other', async () => {
  const { folder, environment, npmCalls } = clone();
  const start = () =>
    new Promise((resolve) =>
      spawn(join(folder, 'scripts/launch'), ['program.cjs'], { env: environment({}), stdio: 'ignore' }).once(
        'close',
        resolve,
      ),
    );
  expect(await Promise.all([start(), start(), start()])).toEqual([0, 0, 0]);
  expect(npmCalls()).toHaveLength(1);
});

test('does not wait for a set-up whose process is gone', () => {
  const { folder, launch } = clone();
  const { pid } = spawnSync(process.execPath, ['--version']);
  mkdirSync(join(folder, '.local'));
  writeFileSync(join(folder, '.local/setup.lock'), String(pid));
  expect(launch(['program.cjs']).status).toBe(0);
});
