#!/usr/bin/env node
/*
 * What `npm start` and `npm test` run first, and the scripts of CI for a local environment: checks Node and Python, installs what
 * is missing, builds, then hands over. Plain old JavaScript on purpose: it has to run, and to explain itself, before anything is
 * installed and on any Node.
 */
'use strict';

const { spawn, spawnSync } = require('child_process');
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');

const ROOT = path.resolve(__dirname, '..');
const VENV = path.join(ROOT, '.local', 'venv');
const REQUIREMENTS = path.join(ROOT, 'local', 'emulator', 'requirements.txt');
const NODE_NEEDED = [20, 19];
const PYTHON_NEEDED = [3, 10];

const COMMANDS = {
  install: [],
  start: ['--import', 'tsx', path.join(ROOT, 'local', 'start.ts')],
  test: [path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js')],
};

function stop(sentence) {
  process.stderr.write(sentence + '\n');
  process.exit(2);
}

function atLeast(version, needed) {
  return version[0] > needed[0] || (version[0] === needed[0] && version[1] >= needed[1]);
}

function checkNode() {
  const version = process.versions.node.split('.').map(Number);
  if (!atLeast(version, NODE_NEEDED)) {
    stop(
      'Node.js ' +
        NODE_NEEDED.join('.') +
        ' or later is needed, this is ' +
        process.versions.node +
        ': install a current release from https://nodejs.org and run the command again.',
    );
  }
}

/** The Python to make the virtual environment with: $PYTHON, else python3, else python. */
function findPython() {
  const found = [];
  for (const command of process.env.PYTHON ? [process.env.PYTHON] : ['python3', 'python']) {
    const asked = spawnSync(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' });
    if (asked.status !== 0) continue;
    const version = asked.stdout.trim();
    if (atLeast(version.split('.').map(Number), PYTHON_NEEDED)) return command;
    found.push(command + ' is ' + version);
  }
  const state = found.length > 0 ? 'but ' + found.join(' and ') : 'but none was found on the PATH';
  return stop(
    'Python ' +
      PYTHON_NEEDED.join('.') +
      ' or later is needed for the local AWS emulator, ' +
      state +
      ': install it (or name it in the variable PYTHON) and run the command again.',
  );
}

function digest(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/** Runs one step of the set-up; what it printed is shown only when it failed. */
function step(title, command, args, remedy) {
  const began = Date.now();
  process.stderr.write('  ' + title + ' …\n');
  const ran = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (ran.error || ran.status !== 0) {
    process.stderr.write((ran.stdout || '') + (ran.stderr || ''));
    stop(title + ' failed: ' + remedy);
  }
  process.stderr.write('  ✔ ' + title + ' (' + ((Date.now() - began) / 1000).toFixed(1) + ' s)\n');
}

/** Does `work` unless `marker` says that it was done for this very content. */
function once(marker, content, work) {
  if (fs.existsSync(marker) && fs.readFileSync(marker, 'utf8') === content) return;
  work();
  fs.mkdirSync(path.dirname(marker), { recursive: true });
  fs.writeFileSync(marker, content);
}

function installNodePackages() {
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  once(path.join(ROOT, 'node_modules', '.quilt-installed'), digest(path.join(ROOT, 'package-lock.json')), () => {
    step(
      'Installing the Node packages',
      npm[0],
      npm.slice(1).concat(['ci', '--no-audit', '--no-fund']),
      'see the lines above; is the npm registry reachable?',
    );
  });
}

function installEmulator() {
  const python = findPython();
  const marker = path.join(VENV, '.quilt-installed');
  // An upgrade of Python takes the interpreter away that an environment was made with.
  if (spawnSync(path.join(VENV, 'bin', 'python'), ['--version']).status !== 0) fs.rmSync(marker, { force: true });
  once(marker, digest(REQUIREMENTS), () => {
    fs.rmSync(VENV, { recursive: true, force: true });
    step(
      'Making a Python environment',
      python,
      ['-m', 'venv', VENV],
      'Python is there without its venv module; on Debian and Ubuntu: apt-get install python3-venv',
    );
    step(
      'Installing the local AWS emulator',
      path.join(VENV, 'bin', 'python'),
      ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '--require-hashes', '-r', REQUIREMENTS],
      'see the lines above; is the Python package index reachable?',
    );
  });
}

function main() {
  checkNode();
  const name = process.argv[2];
  const command = COMMANDS[name];
  if (!command) stop('Usage: node local/bootstrap.cjs install|start|test [ARGUMENTS]');
  installNodePackages();
  installEmulator();
  step(
    'Building the services and functions',
    process.execPath,
    [path.join(ROOT, 'scripts', 'build.mjs')],
    'see above.',
  );
  if (name === 'install') return;

  const child = spawn(process.execPath, command.concat(process.argv.slice(3)), {
    cwd: ROOT,
    stdio: 'inherit',
    // The AWS SDK announces the Node version that a release of next year will need.
    env: Object.assign({ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }, process.env),
  });
  // Ctrl-C reaches the child too: it is the child that has something to put in order.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    child.kill('SIGTERM');
  });
  child.on('exit', (code, signal) => {
    process.exit(code === null ? (signal === 'SIGINT' ? 130 : 1) : code);
  });
}

main();
