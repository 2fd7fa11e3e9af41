import type { CanaryReport, ServiceRole, TaskSeen, TasksSeen } from '../../../contract/canary-report.ts';
import { CheckFailure } from '../fault.ts';

/** A missing header proves nothing, and these checks pass only on proof. */
function requireKeyIds(service: ServiceRole, tasks: readonly TaskSeen[]): void {
  if (tasks.length > 0 && tasks.every(({ keyIds }) => keyIds.length > 0)) return;
  throw new CheckFailure(
    'not-provable',
    `responses of the ${service} service do not name task and keys. Check that its image sends X-Quilt-Task and ` +
      'X-Quilt-Key-Ids.',
  );
}

const inOrder = (keyIds: readonly string[]): string => [...keyIds].sort().join();

const holds = ({ task, keyIds }: TaskSeen): string => `${task} has ${keyIds.join(', ')}`;

/** Requires that all tasks of a service that were seen have the same keys. */
export async function checkTasksAgree(seen: TasksSeen): Promise<void> {
  for (const service of ['mcp', 'catalog'] as const) {
    const tasks = seen[service];
    requireKeyIds(service, tasks);
    const [one] = tasks;
    const other = tasks.find((task) => one !== undefined && inOrder(task.keyIds) !== inOrder(one.keyIds));
    if (one === undefined || other === undefined) continue;
    throw new CheckFailure(
      'tasks-disagree',
      `${service} task ${holds(one)}; ${service} task ${holds(other)}. Some started before the parameters changed: redeploy the service.`,
    );
  }
}

/** Requires that every catalog task that was seen signs with a key that every MCP task that was seen accepts. */
export async function checkKeyIds(seen: TasksSeen): Promise<void> {
  requireKeyIds('catalog', seen.catalog);
  requireKeyIds('mcp', seen.mcp);
  for (const { task, keyIds } of seen.catalog) {
    for (const keyId of keyIds) {
      const other = seen.mcp.find((mcp) => !mcp.keyIds.includes(keyId));
      if (other === undefined) continue;
      throw new CheckFailure(
        'key-mismatch',
        `catalog task ${task} signs with ${keyId}; MCP task ${other.task} accepts ${other.keyIds.join(', ')}. ` +
          'Redeploy both services, MCP first, so that their tasks read the parameters again.',
      );
    }
  }
}

/**
 * Requires that every task that was seen has the keys of the parameters: the MCP tasks all keys of the set and no other, the catalog
 * tasks the signing key.
 *
 * @param keyIds - of the parameters
 * @param mayTasksDiffer - whether a step of a rotation explains that tasks have the previous keys
 */
export async function checkTasksHold(
  seen: TasksSeen,
  keyIds: CanaryReport['keyIds'],
  mayTasksDiffer: () => Promise<boolean>,
): Promise<void> {
  for (const [service, wanted] of [
    ['mcp', keyIds.accepted],
    ['catalog', [keyIds.signing]],
  ] as const) {
    requireKeyIds(service, seen[service]);
    const outdated = seen[service].find((task) => inOrder(task.keyIds) !== inOrder(wanted));
    if (outdated === undefined || (await mayTasksDiffer())) continue;
    throw new CheckFailure(
      'tasks-outdated',
      `${service} task ${holds(outdated)}; the parameters have ${wanted.join(', ')}. It started before they changed: redeploy the service.`,
    );
  }
}
