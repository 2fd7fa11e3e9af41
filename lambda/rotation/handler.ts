import type { Progress } from '../../contract/rotation.ts';
import { advance } from './advance.ts';
import { awsPorts } from './aws/ports.ts';
import { parseCall } from './parse-call.ts';
import { readSettings } from './settings.ts';

/** Less than the function's four minutes: an abandoned call must have ended before the next one begins. */
const WORK_MS = 220_000;

/**
 * Entry point of the rotation: one call of the state machine, which repeats it as long as the result says so.
 *
 * @param event - a `Call`
 * @throws InvalidCall for anything else; other errors by name, so that the state machine retries the call
 */
export async function handler(event: unknown): Promise<Progress> {
  const call = parseCall(event);
  return advance(call, awsPorts(readSettings(process.env), AbortSignal.timeout(WORK_MS)));
}
