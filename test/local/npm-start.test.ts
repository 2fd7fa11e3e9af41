/** `npm start` as a person runs it: in its own process, through the script that installs what is missing. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { generateSecret } from '../../auth/generate-secret.ts';
import { createKeySet, serializeKeySet } from '../../auth/key-set.ts';
import { awsClientSettings } from '../../cli/local/aws-settings.ts';
import { loadEnvironment } from '../../config/load.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { rotationFunctionName } from '../../lib/names.ts';
import type { Summary } from '../../local/run/summary.ts';
import { processesOf, signalGroup } from './support/processes-of.ts';
import { writeSecret } from './support/write-secret.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..');
const LIFETIME_SECONDS = 120;
const KEPT = ['--keep-state', '--token-lifetime', String(LIFETIME_SECONDS)];
const directory = mkdtempSync(join(tmpdir(), 'quilt-start-'));
const started: Run[] = [];

// After each, so that a test that fails half-way does not leave its environment to the next one.
afterEach(async () => {
  await Promise.all(started.splice(0).map((run) => run.interrupt()));
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A command of this project that runs in a process of its own. */
class Run {
  out = '';
  err = '';
  readonly exitCode: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, {
      cwd: ROOT,
      // A terminal's Ctrl-C reaches the whole foreground group, so the run gets a group that can be signalled as one.
      detached: true,
      env: { ...process.env, QUILT_LOCAL_DIRECTORY: directory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk) => (this.out += chunk));
    this.child.stderr?.on('data', (chunk) => (this.err += chunk));
    this.exitCode = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', resolve);
    });
    started.push(this);
  }

  /** Waits for a text on standard error; fails with all of it when the run ends first. */
  async says(text: string): Promise<void> {
    const ended = this.exitCode.then((code) => {
      throw new Error(`It ended with ${code} and never said "${text}":\n${this.err}`);
    });
    const said = new Promise<void>((resolve) => {
      const look = () => this.err.includes(text) && resolve();
      this.child.stderr?.on('data', look);
      look();
    });
    await Promise.race([said, ended]);
  }

  /** Ctrl-C. */
  async interrupt(): Promise<number | null> {
    signalGroup(this.child, 'SIGINT');
    return this.exitCode;
  }
}

function npmStart(...options: string[]): Run {
  return new Run('npm', ['start', '--silent', '--', ...options]);
}

function canary(...options: string[]): Run {
  return new Run('bin/quiltctl', ['canary', '--json', ...options]);
}

test('deploys, reports in one document, and comes back from its kept state', async () => {
  const first = npmStart('--once', '--json', ...KEPT);
  expect({ code: await first.exitCode, err: first.err }).toMatchObject({ code: 0 });
  const summary: Summary = JSON.parse(first.out);
  expect(summary.canary.verdict).toBe('green');
  expect(summary.stacks.map(({ status }) => status)).toEqual(Array(4).fill('CREATE_COMPLETE'));
  expect(summary.services).toHaveLength(2);
  for (const service of summary.services) expect(service).toMatchObject({ running: 2, desired: 2 });
  expect(processesOf(directory)).toEqual([]);
  expect(existsSync(join(directory, 'run'))).toBe(false);

  const second = npmStart(...KEPT);
  await second.says('Press Ctrl-C to stop everything');
  expect(second.out).toContain('Canary green');

  await triesWhatIsPrinted(second.err);

  const third = npmStart('--once');
  expect(await third.exitCode).toBe(3);
  expect(third.err).toContain('runs already');

  const asked = canary();
  expect({ code: await asked.exitCode, err: asked.err }).toMatchObject({ code: 0 });
  expect(JSON.parse(asked.out).verdict).toBe('green');

  const last = canary('--last', '5');
  expect(await last.exitCode).toBe(0);
  expect(JSON.parse(last.out)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ trigger: 'deploy' }),
      expect.objectContaining({ trigger: 'direct' }),
    ]),
  );
  // Before the first deploy there was nothing to check.
  expect(JSON.parse(last.out).map(({ verdict }: CanaryReport) => verdict)).not.toContain('red');

  const history = new Run('bin/quiltctl', ['history', '--json']);
  expect(await history.exitCode).toBe(0);
  const { stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  expect(JSON.parse(history.out).revisions).toEqual([
    expect.objectContaining({ number: 1, by: expect.stringMatching(/^arn:aws:iam::/), commit: stdout.trim() || null }),
  ]);

  // A person writes another key set over the parameter: the signing secret is not in it any more. It would be put back at once.
  await keepRotationFromRunning(summary.urls.aws);
  await overwriteKeySet(summary.urls.aws);
  const red = canary();
  expect(await red.exitCode).toBe(5);
  expect(JSON.parse(red.out).verdict).toBe('red');
  await second.interrupt();
  expect(processesOf(directory)).toEqual([]);

  const broken = npmStart('--once', ...KEPT);
  expect(await broken.exitCode).toBe(5);
  const log = join(directory, 'last-failure.log');
  expect(broken.err).toMatch(/ is in \S+\.\nThe canary is red: [a-z, -]+\.\n$/);
  expect(broken.err).toContain(log);
  expect(readFileSync(log, 'utf8')).toContain('cdk: ');
  expect(processesOf(directory)).toEqual([]);
}, 240_000);

test('ends at once and leaves nothing when it is interrupted in the middle of a deploy', async () => {
  const run = npmStart();
  await run.says('Deploying the stacks');
  await run.interrupt();
  expect(run.err).not.toMatch(/Error|\n {4}at /);
  expect(processesOf(directory)).toEqual([]);
  expect(existsSync(join(directory, 'run'))).toBe(false);
}, 60_000);

test('refuses an invalid token lifetime', async () => {
  const refused = npmStart('--token-lifetime', '9');
  expect(await refused.exitCode).toBe(2);
  expect(refused.err).toContain('10 to 86400');
}, 30_000);

test('says what to do when no environment runs', async () => {
  const asked = canary();
  expect(await asked.exitCode).toBe(4);
  expect(asked.err).toContain('npm start');
}, 30_000);

/** Pastes the printed commands into a shell, in their order, and connects a client as it is printed. */
async function triesWhatIsPrinted(printed: string): Promise<void> {
  const blocks = printed.slice(printed.indexOf('What to try next')).split('\n\n').slice(1);
  const block = (text: string) => {
    const [found = ''] = blocks.filter((candidate) => candidate.includes(text));
    // Commands are indented; what explains them is not.
    return found.replace(/^\S.*\n/gm, '');
  };
  expect(
    blocks
      .join('\n\n')
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);

  const shell = (...commands: string[]) => run('sh', ['-euc', commands.join('\n')]);
  const token = block('QUILT_TOKEN=');
  const called = await shell(token, block('tools/call'));
  expect(JSON.parse(called.stdout).result.structuredContent.packages).toEqual(['demo/yeast']);
  expect(called.stderr).toBe('');

  const { stdout } = await shell(token, 'printf %s "$QUILT_TOKEN"');
  const { exp, iat } = JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString());
  expect(exp - iat).toBe(LIFETIME_SECONDS);

  const shown = await shell(token, `cat <<END\n${block('mcpServers')}\nEND`);
  const { url, headers } = JSON.parse(shown.stdout).mcpServers.quilt;
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  const browse = { name: 'package_browse', arguments: { bucket: 'quilt-local-genomes', package: 'demo/yeast' } };
  expect(await client.callTool(browse)).toMatchObject({ structuredContent: { total_entries: 4 } });
  await client.close();

  const emulator = await shell(block('AWS_ENDPOINT_URL'), 'curl -fsS "$AWS_ENDPOINT_URL/quilt-local-genomes"');
  expect(emulator.stdout).toContain('<Key>demo/yeast/samples.csv</Key>');
}

async function keepRotationFromRunning(endpoint: string): Promise<void> {
  const FunctionName = rotationFunctionName(loadEnvironment('local'));
  const reserve = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
  await new LambdaClient(awsClientSettings(endpoint)).send(reserve);
}

async function overwriteKeySet(endpoint: string): Promise<void> {
  const { keySetParameter } = loadEnvironment('local');
  const keySet = serializeKeySet(await createKeySet([generateSecret()]));
  await writeSecret(new SSMClient(awsClientSettings(endpoint)), keySetParameter, keySet);
}
