import { copyFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { CommandError, EXIT } from '../cli/exit-codes.ts';
import { ConfigurationError } from '../config/errors.ts';
import { tokenLifetimeText } from '../config/token-lifetime.ts';
import { LocalEnvironment } from './run/environment.ts';
import { Progress } from './run/progress.ts';
import { FAILURE_LOG, RUN_DIRECTORY, STATE_DIRECTORY } from './run/run-directory.ts';
import { summarise, summaryTables } from './run/summary.ts';
import { whatToTry } from './run/what-to-try.ts';

interface StartOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly keepState: boolean;
  readonly port?: number;
  readonly tokenLifetime?: number;
}

const program = new Command('npm start --')
  .description('Deploys both services into a local AWS emulator and keeps them running until Ctrl-C.')
  .option('--once', 'end after the canary: exit code 0 when it is green, 5 when it is red', false)
  .option('--json', 'print one JSON document in place of the tables', false)
  .option('--keep-state', 'keep what is deployed, for the next start with this option', false)
  .option('--port <number>', 'port of the public URL (default: any free one)', portNumber)
  .option('--token-lifetime <seconds>', 'how long tokens live, and with them a rotation (default: 60)', tokenLifetime)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.configuration))
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
  let environment: LocalEnvironment | undefined;
  process.on('exit', () => environment?.killNow());
  try {
    environment = await progress.step('Starting the local AWS emulator', () =>
      LocalEnvironment.start({
        directory: RUN_DIRECTORY,
        stateDirectory: options.keepState ? STATE_DIRECTORY : undefined,
        port: options.port,
        tokenLifetimeSeconds: options.tokenLifetime,
        signal: interrupted.signal,
      }),
    );
    const green = await deployAndCheck(environment, options, progress);
    if (options.once) return green ? EXIT.done : EXIT.checkFailed;
    process.stderr.write(`\n${whatToTry(environment)}\n\nRunning. Ctrl-C ends everything.\n`);
    await aborted(interrupted.signal);
    return EXIT.done;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    if (environment) {
      copyFileSync(environment.logFile, FAILURE_LOG);
      process.stderr.write(`\nWhat the emulator, the functions and the tasks said is in ${FAILURE_LOG}.\n`);
    }
    if (error instanceof ConfigurationError) return EXIT.configuration;
    return error instanceof CommandError ? error.exitCode : EXIT.unexpected;
  } finally {
    if (environment) await environment.stop();
  }
}

async function deployAndCheck(
  environment: LocalEnvironment,
  { json }: StartOptions,
  progress: Progress,
): Promise<boolean> {
  await progress.step('Bootstrapping the CDK', () => environment.bootstrap());
  await progress.step('Deploying the stacks', (detail) => environment.deploy(stackProgress(detail)));
  await progress.step('Waiting for the services', () => environment.servicesRunning());
  const report = await progress.step('Running the canary', () => environment.canary());
  const summary = await summarise(environment, report);
  process.stdout.write(`${json ? JSON.stringify(summary, undefined, 2) : `\n${summaryTables(summary)}`}\n`);
  return report.verdict === 'green';
}

/** Of the CLI's many lines, those that say how far it is or what went wrong. */
function stackProgress(detail: (line: string) => void): (line: string) => void {
  return (line) => {
    if (/(✅|❌|deploying\.\.\.|_FAILED|ROLLBACK_)/.test(line)) detail(line.trim());
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
