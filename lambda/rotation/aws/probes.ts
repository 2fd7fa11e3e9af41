import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { isJsonObject } from '../../../auth/encoding.ts';
import { invokeCanary } from '../../../aws/invoke-canary.ts';
import type { CanaryReport } from '../../../contract/canary-report.ts';
import { errorName } from '../../../contract/safe-error.ts';
import { mcpRequest } from '../../shared/ask.ts';
import { createDial, DialError } from '../../shared/dial.ts';
import { taskOf } from '../../shared/fault.ts';
import type { RotationSettings } from '../settings.ts';
import { awsCall } from './call.ts';

/**
 * Runs the canary.
 *
 * @returns the failed checks as text; empty when it is green. A missing report counts as a failure.
 */
export async function runCanary(
  client: LambdaClient,
  functionName: string,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const call = invokeCanary(client, functionName, { trigger: 'rotation', settling: true }, abortSignal);
  const { failed: hasFailed, payload } = await awsCall('lambda:InvokeFunction', call);
  const isReport = !hasFailed && isJsonObject(payload) && Array.isArray(payload.checks);
  const { verdict, checks = [] } = isReport ? (payload as Partial<CanaryReport>) : {};
  if (verdict === 'green') return [];
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ name, reason }) => `${name}: ${reason}`);
  return failed.length > 0 ? failed : ['The canary returned no report; see its log.'];
}

const ASKS_AT_ONCE = 4;
/** As in the canary: enough for a load balancer that chooses at random. */
const ASKS_PER_TASK = 25;
const REQUEST_MS = 5_000;

/**
 * Sends a token to every MCP task, each time over a new connection. Tasks that do not name themselves count as one; then every
 * request must be refused.
 *
 * @param running - number of tasks
 * @returns why it is not proved that each of them refuses the token with 401; empty when it is
 */
export async function findTasksAccepting(
  token: string,
  running: number,
  { mcpUrl, connectHost }: RotationSettings,
  deadline: AbortSignal,
): Promise<readonly string[]> {
  if (running === 0) return ['No MCP task is running, so none could be asked.'];
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

/** The log event of the MCP service. */
const REFUSED = '{ $.event = "authentication_failed" && $.reason = "token_key_id_unknown" }';
/** Time limit of the count, in milliseconds: the step runs the canary afterwards. */
const BUDGET_MS = 20_000;

/**
 * Counts the requests that MCP refused because of an unknown key.
 *
 * @param since - milliseconds
 * @param now - a clock in milliseconds
 * @returns text with the number; a failed count does not fail the revocation
 */
export async function countRefused(
  client: CloudWatchLogsClient,
  logGroupName: string,
  since: number,
  abortSignal: AbortSignal,
  now: () => number = Date.now,
): Promise<string> {
  const until = now() + BUDGET_MS;
  let count = 0;
  try {
    const input = { logGroupName, startTime: since, filterPattern: REFUSED };
    for await (const { events = [], nextToken } of paginateFilterLogEvents({ client }, input, { abortSignal })) {
      count += events.length;
      // An empty page is not necessarily the last.
      if (nextToken && now() >= until) return `at least ${count} requests`;
    }
    return `${count} requests`;
  } catch (error) {
    return `unknown (logs:FilterLogEvents failed with ${errorName(error)})`;
  }
}
