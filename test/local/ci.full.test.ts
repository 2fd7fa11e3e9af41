/** The deploy job as a workflow runs it, on a machine without an AWS account. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesOf, signalGroup } from './support/processes-of.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const directory = mkdtempSync(join(tmpdir(), 'quilt-ci-'));
let job: ChildProcess | undefined;

afterAll(() => {
  if (job) signalGroup(job, 'SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

test('npm run ci:deploy deploys a new environment, checks it, and leaves nothing behind', async () => {
  const child = spawn('npm', ['run', '--silent', 'ci:deploy', '--', '--environment', 'local'], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, QUILT_LOCAL_DIRECTORY: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  job = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });

  // In this order: started, looked, deployed Foundation and Trust first, announced, deployed the rest, asked the canary again.
  const steps = [
    'Starting the local AWS emulator …',
    'Bootstrapping the CDK …',
    'Synthesizing the stacks and checking the account …',
    '✔ state table: created by this first deployment',
    '✔ CDK bootstrap: version',
    'Deploying Foundation and Trust …',
    '✅  Trust',
    'Deploying all stacks …',
    '✅  Foundation (quilt-foundation) (no changes)',
    '✅  Services',
    'Revision 1 is good.',
    'Running the canary …',
    'Canary green on',
  ];
  expect(steps.filter((step) => !said.includes(step))).toEqual([]);
  expect(steps.map((step) => said.indexOf(step))).toEqual(
    steps.map((step) => said.indexOf(step)).sort((a, b) => a - b),
  );
  expect(said).not.toContain('announcement: failed');
  expect(code).toBe(0);
  expect(existsSync(join(directory, 'run'))).toBe(false);
  expect(processesOf(directory)).toEqual([]);
}, 240_000);
