import { incomingPath } from '../../config/schema.ts';
import type { Command, Phase } from '../../contract/rotation.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import type { Screen } from '../terminal.ts';
import { type DrivenRecord, type Driver, drivenBy, endOf, lifeOf, readDriven } from './driver.ts';
import { type Execution, executionName } from './execution.ts';
import { type Connections, follow, type Seen } from './follow.ts';

/** What to call the execution that a command starts. */
const STARTED: Readonly<Record<Command['command'], string>> = {
  rotate: 'Rotation',
  resume: 'Rotation',
  abort: 'Rollback',
  repair: 'Repair',
  revoke: 'Revocation',
};

export interface RotateRequest {
  readonly command: Command;
  /** Follow it to its end. */
  readonly watch: boolean;
  /** Follow a running rotation, if any, in place of starting another. */
  readonly attach: boolean;
  /** The command line that follows it, for people. */
  readonly watchCommand: string;
}

export interface RotateConnections extends Connections {
  readonly executions: Connections['executions'] & { start(command: Command): Promise<Execution> };
}

/** What was seen last, and what is known of the execution that the record names. */
export interface Rotated extends Seen {
  readonly driver: Driver | undefined;
  /** Whether the execution resumed a rotation of an earlier one. */
  readonly resumed: boolean;
}

/**
 * Starts an execution of the state machine, or attaches to the running one, and follows it as requested.
 *
 * @returns what was seen last; the execution does not depend on this command
 * @throws CommandError (3) when AWS refuses the caller, (4) when something does not exist or does not answer
 */
export async function rotate(request: RotateRequest, screen: Screen, connections: RotateConnections): Promise<Rotated> {
  const { command, watch, attach, watchCommand } = request;
  const { executions, readRecord } = connections;
  const describe = (arn: string) => executions.describe(arn);
  // Nothing may delay a revocation.
  const before = command.command === 'revoke' ? undefined : await readDriven(readRecord, describe);
  if (attach && before?.failure) throw before.failure;
  const running = attach && before?.driver?.state === 'running' ? before.execution : undefined;
  const resumed = before !== undefined && goesOn(command, before);
  if (before?.driver?.state === 'ended' || before?.driver?.state === 'not-checked') {
    screen.line(earlierText(before.driver, before.record?.phase, resumed));
  }
  const execution = running ?? (await executions.start(command));
  const name = executionName(execution.arn);
  const what = running ? 'Rotation' : STARTED[command.command];
  screen.line(running ? `A rotation is already running; following it: ${name}` : `${what} requested: ${name}`);

  const seen = await follow(execution, watch ? 'over' : 'begun', screen, connections)
    .catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      throw new CommandError(`${error.message}\n${name} continues without this command.`, error.exitCode);
    })
    .finally(() => screen.status(''));
  if (seen.state === 'begun') screen.line(`${what} started: ${name}; follow it with ${watchCommand}`);
  if (seen.state === 'interrupted') {
    screen.line(`Stopped watching; ${name} continues. Follow it again with ${watchCommand}`);
  }
  const isOurs = seen.record?.execution === execution.arn;
  const driver = isOurs ? lifeOf(seen.execution) : (await drivenBy(seen.record, describe)).driver;
  return { ...seen, driver, resumed };
}

/** Whether the command resumes a rotation without an execution; the function decides by the same rule. */
function goesOn({ command, fromParameter }: Command, { record, driver }: DrivenRecord): boolean {
  if (record === undefined || record.phase === 'idle' || driver?.state === 'running') return false;
  return command === 'resume' || (command === 'rotate' && fromParameter === undefined && driver?.state === 'ended');
}

function earlierText(
  driver: Exclude<Driver, { state: 'running' }>,
  phase: Phase | undefined,
  resumed: boolean,
): string {
  if (driver.state === 'not-checked') {
    return `Could not check whether the execution of the rotation under way (${phase}) is running: ${driver.reason}`;
  }
  const then = resumed ? '; this one resumes the rotation' : '';
  return `The execution of the rotation under way (${phase}) ended (${endOf(driver)})${then}.`;
}

/** The options of `bin/quiltctl rotate` that select the command. */
export interface ModeOptions {
  readonly fromParameter?: string;
  readonly revokeNow?: boolean;
  readonly resume?: boolean;
  readonly abort?: boolean;
}

const SAFE_PART = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;

/**
 * The state machine's command for the given options; an ordinary rotation by default.
 *
 * @param namePrefix - of the environment; determines where `--from-parameter` may point
 * @throws CommandError (2) when two options contradict each other, or the parameter is elsewhere
 */
export function commandOf(options: ModeOptions, namePrefix: string): Command {
  requireOneMode(options);
  const { fromParameter, revokeNow, resume, abort } = options;
  const trigger = 'manual';
  if (resume) return { command: 'resume', trigger };
  if (abort) return { command: 'abort', trigger };
  if (revokeNow) return { command: 'revoke', trigger };
  if (fromParameter === undefined) return { command: 'rotate', trigger };
  requireIncoming(fromParameter, incomingPath({ namePrefix }));
  return { command: 'rotate', trigger, fromParameter };
}

/** @throws CommandError (2) when more than one of these options is given */
export function requireOneMode({ fromParameter, revokeNow, resume, abort }: ModeOptions): void {
  const given = [
    ...(fromParameter === undefined ? [] : ['--from-parameter']),
    ...(revokeNow ? ['--revoke-now'] : []),
    ...(resume ? ['--resume'] : []),
    ...(abort ? ['--abort'] : []),
  ];
  if (given.length < 2) return;
  throw new CommandError(`${given.join(' and ')} cannot be combined; use one of them.`, EXIT.configuration);
}

function requireIncoming(name: string, path: string): void {
  if (name.startsWith(path) && SAFE_PART.test(name.slice(path.length))) return;
  // The value is not repeated: it may be the secret itself, by mistake.
  throw new CommandError(
    `--from-parameter takes the name of a SecureString below ${path} and reads no other. Write the next secret there ` +
      'from a file, then name it:\n' +
      `  aws ssm put-parameter --type SecureString --name ${path}next --value file://next-secret.txt\n` +
      `  bin/quiltctl rotate --from-parameter ${path}next`,
    EXIT.configuration,
  );
}
