import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { errorName } from '../../../contract/safe-error.ts';

/** As the MCP service logs them. */
const REFUSED = '{ $.event = "authentication_failed" && $.reason = "token_key_id_unknown" }';
/** How long may be counted, in milliseconds: the step has the canary to ask afterwards. */
const BUDGET_MS = 20_000;

/**
 * How many requests MCP refused because it did not know the key of their token.
 *
 * @param since - milliseconds
 * @param now - a clock in milliseconds
 * @returns a number for people; one that could not be had does not fail a revocation
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
  let nextToken: string | undefined;
  try {
    do {
      const command = new FilterLogEventsCommand({
        logGroupName,
        startTime: since,
        filterPattern: REFUSED,
        ...(nextToken && { nextToken }),
      });
      const answer = await client.send(command, { abortSignal });
      count += answer.events?.length ?? 0;
      nextToken = answer.nextToken;
      // A page may be empty and not the last.
      if (nextToken === undefined) return `${count} requests`;
    } while (now() < until);
    return `at least ${count} requests`;
  } catch (error) {
    return `unknown (logs:FilterLogEvents failed with ${errorName(error)})`;
  }
}
