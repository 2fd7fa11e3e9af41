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
 * @returns the failed checks as text; empty when it is green. A canary without a report proves nothing.
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
export async function findTasksAccepting(
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

/** As the MCP service logs them. */
const REFUSED = '{ $.event = "authentication_failed" && $.reason = "token_key_id_unknown" }';
/** How long may be counted, in milliseconds: the step has the canary to ask afterwards. */
const BUDGET_MS = 20_000;

/**
 * How many requests MCP refused because it did not know the key of their token.
 *
 * @param since - milliseconds
 * @param now - a clock in milliseconds
 * @returns text with the number; when it cannot be counted the revocation does not fail
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
      // A page may be empty and not the last.
      if (nextToken && now() >= until) return `at least ${count} requests`;
    }
    return `${count} requests`;
  } catch (error) {
    return `unknown (logs:FilterLogEvents failed with ${errorName(error)})`;
  }
}
