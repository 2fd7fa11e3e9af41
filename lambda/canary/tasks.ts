import { type Deployment, DescribeServicesCommand, type ECSClient } from '@aws-sdk/client-ecs';
import type { ServiceCount, ServiceRole, TaskSeen, TasksSeen } from '../../contract/canary-report.ts';
import { errorName } from '../../contract/safe-error.ts';
import type { Dial } from '../shared/dial.ts';
import { keyIdsOf, taskOf } from '../shared/fault.ts';
import { log } from '../shared/log.ts';
import type { CanarySettings } from './settings.ts';

/** Cluster and service names in ECS. */
export type ServiceNames = Pick<CanarySettings, 'cluster' | 'mcpService' | 'catalogService'>;

/** Records which tasks answered. */
export class TaskLog {
  readonly #seen: Record<ServiceRole, Map<string, TaskSeen>> = { mcp: new Map(), catalog: new Map() };

  /** Wraps `dial` to record the tasks of a service that answer. */
  watch(service: ServiceRole, dial: Dial): Dial {
    return async (url, init) => {
      const response = await dial(url, init);
      const task = taskOf(response.headers);
      if (task !== undefined) this.#seen[service].set(task, { task, keyIds: keyIdsOf(response.headers) });
      return response;
    };
  }

  /** The tasks that answered so far. */
  get seen(): TasksSeen {
    return { mcp: [...this.#seen.mcp.values()], catalog: [...this.#seen.catalog.values()] };
  }
}

/**
 * How many tasks of both services ECS runs and wants, and whether it is replacing them. During a replacement, the count includes
 * tasks that are not healthy yet and tasks that the load balancer no longer uses.
 *
 * A failure is logged and returns `undefined`: the check that needs the counts then fails.
 */
export async function countTasks(
  ecs: ECSClient,
  { cluster, mcpService, catalogService }: ServiceNames,
  abortSignal: AbortSignal,
): Promise<ServiceStates> {
  try {
    const command = new DescribeServicesCommand({ cluster, services: [mcpService, catalogService] });
    const { services = [] } = await ecs.send(command, { abortSignal });
    const roles = [
      ['mcp', mcpService],
      ['catalog', catalogService],
    ] as const;
    return roles.flatMap(([service, name]) => {
      const found = services.find(({ serviceName, serviceArn }) => serviceName === name || serviceArn === name);
      if (found === undefined) return [];
      const { runningCount: running = 0, desiredCount: desired = 0, deployments = [] } = found;
      return [{ service, running, desired, rollout: rolloutOf(deployments) }];
    });
  } catch (error) {
    log('error', 'tasks not counted', { operation: 'ecs:DescribeServices', error: errorName(error), cluster });
    return undefined;
  }
}

/** Whether tasks are being replaced. `unknown` when ECS did not answer. */
export type Rollout = 'under-way' | 'over' | 'unknown';

/** What ECS reports about a service. */
export type ServiceState = ServiceCount & { readonly rollout: Rollout };

/** What ECS reports about the services; `undefined` when it did not answer. */
export type ServiceStates = readonly ServiceState[] | undefined;

const ROLES: readonly ServiceRole[] = ['mcp', 'catalog'];

/** The rollout state of one service, by its deployments. */
function rolloutOf(deployments: readonly Deployment[]): Rollout {
  if (deployments.length > 1) return 'under-way';
  switch (deployments[0]?.rolloutState) {
    case 'IN_PROGRESS':
      return 'under-way';
    case 'COMPLETED':
      return 'over';
    default:
      return 'unknown';
  }
}

/** The rollout state of all services over several reports of ECS. */
export function rolloutOfAll(asked: readonly ServiceStates[]): Rollout {
  const found = asked.flatMap((states) =>
    ROLES.map((role) => states?.find(({ service }) => service === role)?.rollout ?? 'unknown'),
  );
  if (found.includes('under-way')) return 'under-way';
  return found.every((rollout) => rollout === 'over') ? 'over' : 'unknown';
}
