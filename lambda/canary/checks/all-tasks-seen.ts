import { CheckFailure } from '../fault.ts';
import { askOnce } from '../http/ask-once.ts';
import type { Dial } from '../http/dial.ts';
import { mcpRequest } from '../http/mcp-request.ts';
import type { ServiceCount, ServiceRole, TaskSeen } from '../report.ts';

const ASKS_AT_ONCE = 4;

/** Enough for a load balancer that chooses at random: with it a healthy task is missed once in a billion runs. */
const ASKS_PER_TASK = 25;

/** A request that does nothing, by service; each goes over a connection of its own, so that a task is chosen anew. */
const ASK = { mcp: mcpRequest('ping'), catalog: { method: 'GET' } } as const;

export type TaskSearch = {
  readonly service: ServiceRole;
  readonly dial: Dial;
  readonly url: URL;
  /** The tasks that answered so far. */
  readonly seen: () => readonly TaskSeen[];
};

/** Asks until as many tasks answered as ECS runs, within bounds. */
export async function checkAllSeen(
  { service, dial, url, seen }: TaskSearch,
  counts: readonly ServiceCount[],
): Promise<void> {
  const running = counts.find((count) => count.service === service)?.running;
  if (running === undefined) {
    throw new CheckFailure(
      'not-provable',
      `ECS did not tell how many tasks the ${service} service runs. Check its name, and the log of this function.`,
    );
  }
  if (running === 0) {
    throw new CheckFailure('no-tasks', `ECS runs no task of the ${service} service. Check its events and its log.`);
  }
  const most = ASKS_PER_TASK * (running + 1);
  let asked = 0;
  while (seen().length < running && asked < most) {
    const asks = Array.from({ length: ASKS_AT_ONCE }, () => askOnce(dial, url, ASK[service], `the ${service} service`));
    await Promise.all(asks);
    asked += ASKS_AT_ONCE;
    if (seen().length === 0) {
      throw new CheckFailure(
        'not-provable',
        `responses of the ${service} service do not name their task. Check that its image sends X-Quilt-Task.`,
      );
    }
  }
  const answered = seen().length;
  if (answered >= running) return;
  throw new CheckFailure(
    'tasks-unseen',
    `ECS runs ${running} tasks of the ${service} service; ${answered} answered in ${asked} requests. Check the health of ` +
      'the targets in its target group.',
  );
}
