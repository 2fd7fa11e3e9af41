import type { Command } from '../../lambda/rotation/call.ts';
import { CommandError } from '../exit-codes.ts';
import type { Screen } from '../screen.ts';
import { type Execution, executionName, isOver } from './executions.ts';
import { follow, type Seen, type Surroundings } from './follow.ts';

/** How an execution that a command has started is called. */
const STARTED: Readonly<Record<Command['command'], string>> = {
  rotate: 'Rotation',
  resume: 'Rotation',
  abort: 'Way back',
  repair: 'Repair',
  revoke: 'Revocation',
};

export interface RotateRequest {
  readonly command: Command;
  /** Follow it to its end. */
  readonly watch: boolean;
  /** Follow the rotation that runs, if one does, in place of starting another. */
  readonly attach: boolean;
  /** The command line that follows it, for people. */
  readonly watchCommand: string;
}

export interface RotateSurroundings extends Surroundings {
  readonly executions: Surroundings['executions'] & { start(command: Command): Promise<Execution> };
}

/**
 * Starts an execution of the state machine, or finds the one that runs, and follows it as far as is asked.
 *
 * @returns what was seen last; whatever happens here, the execution goes on by itself
 * @throws CommandError (3) when AWS refuses the caller, (4) when something is not there or does not answer
 */
export async function rotate(request: RotateRequest, screen: Screen, surroundings: RotateSurroundings): Promise<Seen> {
  const { command, watch, attach, watchCommand } = request;
  const running = attach ? await findRunning(surroundings) : undefined;
  const execution = running ?? (await surroundings.executions.start(command));
  const name = executionName(execution.arn);
  const what = running ? 'Rotation' : STARTED[command.command];
  screen.line(running ? `A rotation runs already; following it: ${name}` : `${what} asked for: ${name}`);

  const seen = await follow(execution, watch ? 'over' : 'begun', screen, surroundings)
    .catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      throw new CommandError(`${error.message}\n${name} goes on without this command.`, error.exitCode);
    })
    .finally(() => screen.status(''));
  if (seen.state === 'begun') screen.line(`${what} started: ${name}; follow it with ${watchCommand}`);
  if (seen.state === 'interrupted') {
    screen.line(`Only the watching has ended; ${name} goes on. Follow it again with ${watchCommand}`);
  }
  return seen;
}

/** The execution that drives the record, unless it is dead. */
async function findRunning({ executions, readRecord }: RotateSurroundings): Promise<Execution | undefined> {
  const arn = (await readRecord())?.execution;
  const execution = arn ? await executions.describe(arn) : undefined;
  return execution === undefined || isOver(execution) ? undefined : execution;
}
