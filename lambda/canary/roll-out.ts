import type { Deployment } from '@aws-sdk/client-ecs';
import type { ServiceCount, ServiceRole } from '../../contract/canary-report.ts';

/** Whether tasks are being replaced. `unknown` when ECS told neither that they are nor that they are not. */
export type RollOut = 'under-way' | 'over' | 'unknown';

/** What ECS tells of a service. */
export type ServiceState = ServiceCount & { readonly rollOut: RollOut };

/** What ECS tells of the services; `undefined` when it could not be asked. */
export type ServiceStates = readonly ServiceState[] | undefined;

const ROLES: readonly ServiceRole[] = ['mcp', 'catalog'];

/** Where the roll-out of one service stands, by its deployments. */
export function rollOutOf(deployments: readonly Deployment[]): RollOut {
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

/** Where the roll-out of all services stood, over all the times that ECS was asked. */
export function rollOutOfAll(asked: readonly ServiceStates[]): RollOut {
  const found = asked.flatMap((states) =>
    ROLES.map((role) => states?.find(({ service }) => service === role)?.rollOut ?? 'unknown'),
  );
  if (found.includes('under-way')) return 'under-way';
  return found.every((rollOut) => rollOut === 'over') ? 'over' : 'unknown';
}
