import { isJsonObject, type JsonObject } from '../../auth/encoding.ts';
import type { Call, Command, Progress } from '../../contract/rotation.ts';

const COMMANDS: readonly Command['command'][] = ['rotate', 'resume', 'abort', 'repair', 'revoke'];
const TRIGGERS: readonly Command['trigger'][] = ['manual', 'schedule', 'event', 'canary'];

const EXECUTION = /^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:execution:[\x21-\x7e]{1,200}$/;
const PARAMETER = /^(?:\/[A-Za-z0-9_.-]+){2,15}$/;

class InvalidCall extends Error {
  override readonly name = 'InvalidCall';

  constructor(what: string) {
    super(`${what} Start an execution of the state machine, with bin/quiltctl rotate or as docs/rotation.md says.`);
  }
}

function commandOf(value: unknown): Command {
  const { command, trigger, fromParameter, ...others } = isJsonObject(value) ? value : {};
  const known = COMMANDS.find((name) => name === command);
  const by = TRIGGERS.find((name) => name === trigger);
  if (known === undefined || by === undefined || Object.keys(others).length > 0) {
    throw new InvalidCall(
      `The input must be a command (${COMMANDS.join(', ')}) with its trigger (${TRIGGERS.join(', ')}).`,
    );
  }
  if (fromParameter === undefined) return { command: known, trigger: by };
  if (known !== 'rotate' || typeof fromParameter !== 'string' || !PARAMETER.test(fromParameter)) {
    throw new InvalidCall('fromParameter is only valid with rotate and must be the name of an SSM parameter.');
  }
  return { command: known, trigger: by, fromParameter };
}

/** The result of the previous call. The first call has the execution's input instead. */
function progressOf(value: unknown): Progress | undefined {
  return isJsonObject(value) && (value as JsonObject).result === 'wait' ? (value as Progress) : undefined;
}

/**
 * Reads the event of one call.
 *
 * @throws InvalidCall saying what is wrong with it
 */
export function parseCall(event: unknown): Call {
  const { execution, command, progress } = isJsonObject(event) ? event : {};
  if (typeof execution !== 'string' || !EXECUTION.test(execution)) {
    throw new InvalidCall('The call names no execution.');
  }
  const before = progressOf(progress);
  return { execution, command: commandOf(command), ...(before && { progress: before }) };
}
