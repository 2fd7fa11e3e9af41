import { InvalidArgumentError } from 'commander';
import { CommandError, EXIT } from '../cli/exit-codes.ts';
import { RUN_DIRECTORY, STATE_DIRECTORY } from '../cli/local/running.ts';
import { newProgram } from '../cli/program.ts';
import { print } from '../cli/terminal.ts';
import { tokenLifetimeText } from '../config/rules.ts';
import type { CanaryReport } from '../contract/canary-report.ts';
import { deployStacks } from './run/deploy.ts';
import { LocalEnvironment } from './run/environment.ts';
import { resumeRotation, rotationOf } from './run/resume-rotation.ts';

import { summarise, summaryTables, whatToTry } from './run/summary.ts';
import { Progress, withEnvironment } from './run/with-environment.ts';

interface StartOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly keepState: boolean;
  readonly port?: number;
  readonly tokenLifetime?: number;
}

const program = newProgram(
  'npm start --',
  'Deploys both services into a local AWS emulator and keeps them running until Ctrl-C.',
)
  .option(
    '--once',
    'exit after the canary: exit code 0 if it is green, otherwise that of bin/quiltctl deploy or canary',
    false,
  )
  .option('--json', 'print one JSON document instead of the tables', false)
  .option('--keep-state', 'keep the deployed state for the next start with this option', false)
  .option('--port <number>', 'port of the public URL (default: any free one)', portNumber)
  .option(
    '--token-lifetime <seconds>',
    'token lifetime, which also sets how long a rotation takes (default: 60)',
    tokenLifetime,
  )
  .parse();

process.exitCode = await start(program.opts());

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('Write a number from 1 to 65535.');
}

function tokenLifetime(text: string): number {
  const { success, data } = tokenLifetimeText.safeParse(text);
  if (success) return data;
  throw new InvalidArgumentError('Write a number from 10 to 86400.');
}

/** Starts, deploys, checks, reports; then waits for Ctrl-C unless it runs once. Returns the exit code. */
async function start(options: StartOptions): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  const progress = new Progress();
  const { signal } = interrupted;
  const cdkLines: string[] = [];
  const stateDirectory = options.keepState ? STATE_DIRECTORY : undefined;
  const { port, tokenLifetime: tokenLifetimeSeconds } = options;
  const begin = (say: (line: string) => void) =>
    LocalEnvironment.start({ directory: RUN_DIRECTORY, stateDirectory, port, tokenLifetimeSeconds, signal, say });
  return withEnvironment({ start: begin, progress, cdkLines, signal }, async (environment) => {
    await progress.step('Deploying the stacks', (detail) => deploy(environment, options, { cdkLines, detail, signal }));
    await progress.step('Waiting for the services', () => environment.servicesRunning());
    const report = await progress.step('Running the canary', () => environment.canary());
    const summary = await summarise(environment, report);
    print(options.json ? summary : `\n${summaryTables(summary)}`);
    if (options.once) return requireGreen(report);
    const resumed = options.keepState ? await resumeRotation(rotationOf(environment)) : undefined;
    if (resumed !== undefined) process.stderr.write(`\n${resumed}\n`);
    process.stderr.write(`\n${whatToTry(environment)}\n\nRunning. Press Ctrl-C to stop everything.\n`);
    await aborted(signal);
    return EXIT.done;
  });
}

/** @throws CommandError with the verdict of the deploy gate, or what else went wrong, and its exit code */
async function deploy(
  environment: LocalEnvironment,
  { json }: StartOptions,
  {
    cdkLines,
    detail,
    signal,
  }: { readonly cdkLines: string[]; readonly detail: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const onLine = (line: string) => {
    cdkLines.push(line);
    if (showsProgress(line)) detail(line.trim());
  };
  const end = await deployStacks(environment, { onLine, say: (line) => detail(line.trim()), signal });
  if (end.exitCode === EXIT.done) return;
  if (json) print({ deploy: end.deploy });
  for (const { name, reason } of end.deploy.revision?.failedChecks ?? []) detail(`✘ ${name}: ${reason}`);
  throw new CommandError(end.deploy.message, end.exitCode);
}

function requireGreen({ verdict, checks }: CanaryReport): number {
  if (verdict === 'green') return EXIT.done;
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ name }) => name);
  throw new CommandError(`The canary is red: ${failed.join(', ')}.`, EXIT.checkFailed);
}

/** Of the CLI's many lines, those that show progress or a failure. */
function showsProgress(line: string): boolean {
  return /(✅|❌|deploying\.\.\.|_FAILED|ROLLBACK_)/.test(line);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
