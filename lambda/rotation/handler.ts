import type { Progress } from '../../contract/rotation.ts';
import { advance } from './advance.ts';
import { awsPorts } from './aws/ports.ts';
import { parseCall } from './parse-call.ts';
import { readSettings } from './settings.ts';

/** Less than the four minutes that the function has: what a call gave up must be over when the next one begins. */
const WORK_MS = 220_000;

/**
 * Entry of the rotation: one call of the state machine, which repeats it as long as the answer says so.
 *
 * @param event - a `Call`
 * @throws InvalidCall for anything else; otherwise what went wrong, by name, so that the state machine repeats the call
 */
export async function handler(event: unknown): Promise<Progress> {
  const call = parseCall(event);
  return advance(call, awsPorts(readSettings(process.env), AbortSignal.timeout(WORK_MS)));
}
