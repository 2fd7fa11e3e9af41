import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { revisionQuery } from '../../aws/state-table.ts';
import type { CanaryReport, CheckName, CheckResult } from '../../contract/canary-report.ts';
import { errorName } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import type { ReasonName } from './fault.ts';
import { countTasks, type ServiceNames, type ServiceStates } from './tasks.ts';

/** Failures that a load balancer without tasks explains. Any other one is a fault before the first deploy too. */
const EXPLAINED: { readonly [Name in CheckName]?: readonly ReasonName[] } = {
  'mcp-reachable': ['not-mcp', 'server-error'],
  'catalog-reachable': ['no-page', 'server-error'],
  'all-tasks-seen': ['tasks-unseen'],
};

const PARAMETERS: readonly CheckName[] = ['parameters-valid', 'parameters-as-recorded'];

function isExplained({ name, verdict, reason = '' }: CheckResult): boolean {
  if (PARAMETERS.includes(name)) return verdict === 'pass';
  return verdict !== 'fail' || EXPLAINED[name]?.some((fault) => reason.startsWith(`${fault}:`)) === true;
}

/** Whether ECS reports that a service does not exist or is starting. False when ECS cannot be asked. */
function isOneMissing(states: ServiceStates): boolean {
  if (states === undefined) return false;
  return (['mcp', 'catalog'] as const).some((role) => {
    const state = states.find(({ service }) => service === role);
    return state === undefined || state.desired === 0 || state.rollout === 'under-way';
  });
}

/** Whether any deploy ever brought the services up. */
async function haveStood(client: DynamoDBClient, table: string, abortSignal: AbortSignal): Promise<boolean> {
  const revisions = revisionQuery(table);
  const query = {
    ...revisions,
    FilterExpression: 'verdict IN (:good, :unverified)',
    ExpressionAttributeValues: {
      ...revisions.ExpressionAttributeValues,
      ...marshall({ ':good': 'good', ':unverified': 'unverified' }),
    },
  };
  for await (const { Items = [] } of paginateQuery({ client }, query, { abortSignal })) {
    if (Items.length > 0) return true;
  }
  return false;
}

/**
 * Whether a report is red only because the services were never deployed, so that there was nothing to check. This requires proof:
 * every failure is one that an empty load balancer causes, ECS reports a service as missing or starting, and no revision was ever
 * deployed. In any doubt the report stays red.
 *
 * @param timeoutMs - for everything together
 */
export async function isBeforeServices(
  { verdict, checks }: Pick<CanaryReport, 'verdict' | 'checks'>,
  settings: ServiceNames & { readonly stateTable: string },
  { ecs, dynamodb }: { readonly ecs: ECSClient; readonly dynamodb: DynamoDBClient },
  timeoutMs = 5_000,
): Promise<boolean> {
  if (verdict === 'green' || !checks.every(isExplained)) return false;
  const abortSignal = AbortSignal.timeout(timeoutMs);
  if (!isOneMissing(await countTasks(ecs, settings, abortSignal))) return false;
  try {
    return !(await haveStood(dynamodb, settings.stateTable, abortSignal));
  } catch (error) {
    log('error', 'revisions not read', { operation: 'dynamodb:Query', error: errorName(error) });
    return false;
  }
}
