import { createDial, DialError } from '../../shared/http/dial.ts';
import { mcpRequest } from '../../shared/http/mcp-request.ts';
import { taskOf } from '../../shared/http/task-headers.ts';
import type { RotationSettings } from '../settings.ts';

const ASKS_AT_ONCE = 4;
/** As for the canary: enough for a load balancer that chooses at random. */
const ASKS_PER_TASK = 25;
const REQUEST_MS = 5_000;

/**
 * Shows a token to every MCP task, over connections of their own. A task that does not say which one it is counts as the same
 * one; then all the asking there is has to be refused.
 *
 * @param running - how many tasks there are
 * @returns what speaks against each of them refusing it with 401; empty when every one did
 */
export async function acceptedBy(
  token: string,
  running: number,
  { mcpUrl, connectHost }: RotationSettings,
  deadline: AbortSignal,
): Promise<readonly string[]> {
  if (running === 0) return ['No MCP task runs, so nobody could be asked.'];
  const dial = createDial({ connectHost, timeoutMs: REQUEST_MS, deadline });
  const request = mcpRequest('tools/list', { authorization: `Bearer ${token}` });
  const seen = new Set<string>();
  let failure: string | undefined;
  const ask = async () => {
    try {
      const response = await dial(mcpUrl, request);
      await response.body?.cancel();
      const task = taskOf(response.headers);
      if (response.status === 401) seen.add(task ?? '');
      else failure = `A token of the retired secret got ${response.status}, not 401, from task ${task ?? '(unnamed)'}.`;
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      failure = `MCP could not be asked (${error.code}).`;
    }
  };
  for (let asked = 0; seen.size < running && asked < ASKS_PER_TASK * (running + 1); asked += ASKS_AT_ONCE) {
    await Promise.all(Array.from({ length: ASKS_AT_ONCE }, ask));
    if (failure !== undefined) return [failure];
  }
  if (seen.size >= running || (seen.size === 1 && seen.has(''))) return [];
  return [`ECS runs ${running} MCP tasks; ${seen.size} were seen to refuse a token of the retired secret.`];
}
