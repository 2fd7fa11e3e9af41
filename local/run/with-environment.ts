import { readFileSync, writeFileSync } from 'node:fs';
import { CommandError, EXIT } from '../../cli/exit-codes.ts';
import { FAILURE_LOG } from '../../cli/local/running.ts';
import { coloured } from '../../cli/terminal.ts';
import { ConfigurationError } from '../../config/errors.ts';
import type { LocalEnvironment } from './environment.ts';

/** As much of a local environment as its start and its end take. */
type Startable = Pick<LocalEnvironment, 'bootstrap' | 'killNow' | 'logFile' | 'stop'>;

export interface WithEnvironment<E extends Startable> {
  /** @param say - gets a line for people */
  readonly start: (say: (line: string) => void) => Promise<E>;
  readonly progress: Progress;
  /** What the CDK CLI said so far, where it was not shown in full: it is kept with the log of a run that fails. */
  readonly cdkLines?: readonly string[];
  /** Fires when a person ends the run. */
  readonly signal?: AbortSignal;
  /** @default - standard error */
  readonly write?: (text: string) => void;
}

/**
 * Starts a local environment, does some work on it and ends it, however the work ends. The log of a run that failed is kept, and the
 * last line says why it failed.
 *
 * @param work - returns the exit code, and has said why when it is not 0; or throws what there is to say
 * @returns the exit code: of the work, of the error, or 130 when a person ended it
 */
export async function withEnvironment<E extends Startable>(
  { start, progress, cdkLines = [], signal, write = (text) => process.stderr.write(text) }: WithEnvironment<E>,
  work: (environment: E) => Promise<number>,
): Promise<number> {
  let environment: E | undefined;
  const killNow = () => environment?.killNow();
  process.on('exit', killNow);
  try {
    const started = await progress.step('Starting the local AWS emulator', start);
    environment = started;
    await progress.step('Bootstrapping the CDK', () => started.bootstrap());
    const exitCode = await work(started);
    if (exitCode !== EXIT.done && exitCode !== EXIT.interrupted) keepLog(started, cdkLines);
    return exitCode;
  } catch (error) {
    if (signal?.aborted) return EXIT.interrupted;
    if (environment) {
      keepLog(environment, cdkLines);
      write(`\nThe log of the CDK CLI, the emulator, the functions and the tasks is in ${FAILURE_LOG}.\n`);
    }
    write(`${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodeOf(error);
  } finally {
    await environment?.stop();
    process.off('exit', killNow);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigurationError) return EXIT.configuration;
  return error instanceof CommandError ? error.exitCode : EXIT.unexpected;
}

function keepLog({ logFile }: Startable, cdkLines: readonly string[]): void {
  const said = cdkLines.map((line) => `cdk: ${line}\n`).join('');
  writeFileSync(FAILURE_LOG, `${said}${readFileSync(logFile, 'utf8')}`, { mode: 0o600 });
}

/** Reports progress on standard error, so that standard output contains only the result. */
export class Progress {
  private readonly write: (text: string) => void;

  constructor(write: (text: string) => void = (text) => process.stderr.write(coloured(text, process.stderr))) {
    this.write = write;
  }

  /** Runs one step: writes its title at the start and its duration at the end. `work` may add lines of detail. */
  async step<T>(title: string, work: (detail: (line: string) => void) => Promise<T>): Promise<T> {
    const began = Date.now();
    this.write(`  ${title} …\n`);
    const result = await work((line) => this.write(`      ${line}\n`));
    this.write(`  ✔ ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
    return result;
  }
}
