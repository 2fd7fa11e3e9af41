import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.ts';
import { connectRotation } from '../rotation/connect.ts';
import { outcomeOf } from '../rotation/outcome.ts';
import { summaryOf } from '../rotation/record-summary.ts';
import {
  commandOf,
  type ModeOptions,
  type RotateConnections,
  type Rotated,
  type RotateRequest,
  requireOneMode,
  rotate,
} from '../rotation/rotate.ts';
import { findTarget, type Target } from '../target.ts';
import { confirm, interruption, print, requireSomebodyToAsk, SILENT, screenOn } from '../terminal.ts';
import { type CommonOptions, commandLine, withAction } from './common.ts';

interface RotateOptions extends CommonOptions, ModeOptions {
  readonly watch?: boolean;
  readonly yes?: boolean;
}

/** Polling interval. */
const PAUSE_MS = 2_000;

/** The consequences of a revocation, shown before the confirmation. */
const REVOCATION =
  'This revokes the secret now. Tokens signed so far, and those that running catalog tasks still sign, are refused from the ' +
  'moment the first MCP task is replaced until the last catalog task is, usually a few minutes; people see errors until their ' +
  'client has a new token. There is no way back.';

/** Adds `bin/quiltctl rotate`. */
export function addRotate(command: Command): void {
  command
    .option('--watch', 'follow the rotation until it ends; given alone, attaches to one that is running')
    .option('--from-parameter <name>', 'take the next secret from this SecureString, then delete it')
    .option('--resume', 'resume a stopped rotation')
    .option('--abort', 'roll back to the previous secret')
    .option('--revoke-now', 'emergency: refuse every token signed so far')
    .option('--yes', 'with --revoke-now: skip the confirmation');
  withAction(command, 'execution, progress and record', run);
}

async function run(options: RotateOptions): Promise<number> {
  requireOneMode(options);
  if (options.revokeNow) requireSomebodyToAsk(options.yes === true);
  const target = findTarget(options.environment);
  const request = requestOf(options, target);
  if (options.revokeNow) {
    process.stderr.write(`${REVOCATION}\n`);
    if (!options.yes) await confirm('Revoke the secret?');
  }
  const screen = options.json ? SILENT : screenOn(process.stdout);
  return report(await rotate(request, screen, connect(target, interruption())), options);
}

function requestOf(options: RotateOptions, { config }: Target): RotateRequest {
  const { environment, watch = false, fromParameter, resume, abort, revokeNow } = options;
  return {
    command: commandOf(options, config.namePrefix),
    watch,
    attach: watch && fromParameter === undefined && !resume && !abort && !revokeNow,
    watchCommand: commandLine('rotate --watch', environment),
  };
}

function connect(target: Target, interrupted: AbortSignal): RotateConnections {
  return {
    ...connectRotation(target),
    now: Date.now,
    interrupted,
    async pause() {
      await setTimeout(PAUSE_MS, undefined, { signal: interrupted }).catch(() => undefined);
    },
  };
}

/** Prints the closing line or the JSON document, and returns the exit code. */
function report(rotated: Rotated, { environment, json }: RotateOptions): number {
  const { execution, record, driver, state, resumed } = rotated;
  if (json) {
    const { progress, ...run } = execution;
    print({ execution: run, progress: progress ?? null, record: record ? summaryOf(record, driver) : null });
  }
  if (state !== 'over') return EXIT.done;
  const resumeCommand = commandLine('rotate --resume', environment);
  const { exitCode, message } = outcomeOf(execution, { record, resumed, now: Date.now(), resumeCommand });
  if (exitCode !== EXIT.done) throw new CommandError(message, exitCode);
  if (!json) print(message);
  return exitCode;
}
