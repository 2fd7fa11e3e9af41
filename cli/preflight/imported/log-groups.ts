import { type CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { type Finding, lookedAt, misfit, ok } from '../finding.ts';

/** Whether a log group is there. */
export function logGroupFinding(logs: CloudWatchLogsClient, name: string): Promise<Finding> {
  const about = `log group ${name}`;
  return lookedAt(about, async () => {
    // CloudWatch Logs looks up by the beginning of a name only.
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix: name })) {
      if (logGroups.some(({ logGroupName }) => logGroupName === name)) return ok(about, 'is there');
    }
    return misfit(about, 'does not exist', 'Mend logGroups in the configuration, or create it.');
  });
}
