import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { revisionQuery } from '../../aws/state-table.ts';
import type { CanaryReport, CheckName, CheckResult } from '../../contract/canary-report.ts';
import { errorName } from '../../contract/safe-error.ts';
import { log } from '../shared/log.ts';
import type { ReasonName } from './fault.ts';
import { countTasks, type ServiceNames, type ServiceStates } from './tasks.ts';

/** What a load balancer shows whose first tasks are still to come. Anything else is wrong before the first deploy too. */
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

/** Whether ECS says that a service is not there, or is on its way. When it cannot be asked, the answer is no. */
function isOneMissing(states: ServiceStates): boolean {
  if (states === undefined) return false;
  return (['mcp', 'catalog'] as const).some((role) => {
    const state = states.find(({ service }) => service === role);
    return state === undefined || state.desired === 0 || state.rollout === 'under-way';
  });
}

/** Whether any deploy has ever brought the services up. */
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
 * Whether a report is red only because the services are still to be deployed for the first time, so that there was nothing to
 * check. All of it has to be proved: what fails is what an empty load balancer shows, ECS says that a service is missing or on its
 * way, and no revision was ever deployed. In any doubt the report stays red.
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
