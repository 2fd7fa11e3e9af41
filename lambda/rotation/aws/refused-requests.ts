import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { errorName } from '../../shared/safe-error.ts';

/** As the MCP service logs them. */
const REFUSED = '{ $.event = "authentication_failed" && $.reason = "token_key_id_unknown" }';
const MAX_PAGES = 10;

/**
 * How many requests MCP refused because it did not know the key of their token.
 *
 * @param since - milliseconds
 * @returns a number for people; one that could not be had does not fail a revocation
 */
export async function countRefused(
  client: CloudWatchLogsClient,
  logGroupName: string,
  since: number,
  abortSignal: AbortSignal,
): Promise<string> {
  let count = 0;
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const command = new FilterLogEventsCommand({
        logGroupName,
        startTime: since,
        filterPattern: REFUSED,
        ...(nextToken && { nextToken }),
      });
      const answer = await client.send(command, { abortSignal });
      count += answer.events?.length ?? 0;
      nextToken = answer.nextToken;
      if (nextToken === undefined) return `${count} requests`;
    }
    return `more than ${count} requests`;
  } catch (error) {
    return `unknown (logs:FilterLogEvents failed with ${errorName(error)})`;
  }
}
