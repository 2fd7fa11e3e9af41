import type { ServiceRole, TaskSeen } from '../../../contract/canary-report.ts';
import { askOnce, mcpRequest } from '../../shared/ask.ts';
import type { Dial } from '../../shared/dial.ts';
import { CheckFailure } from '../fault.ts';
import type { ServiceState, ServiceStates } from '../tasks.ts';

/** A request that does nothing, by service. */
const ASK = { mcp: mcpRequest('ping'), catalog: { method: 'GET' } } as const;

type TaskSearch = {
  readonly service: ServiceRole;
  readonly dial: Dial;
  readonly url: URL;
  /** The tasks that answered so far. */
  readonly seen: () => readonly TaskSeen[];
};

function stateOf(service: ServiceRole, states: ServiceStates): ServiceState {
  if (states === undefined) {
    throw new CheckFailure(
      'tasks-uncounted',
      'ecs:DescribeServices failed, so the number of running tasks is unknown. Check the log of this function, its role and ' +
        'its network.',
    );
  }
  const state = states.find((one) => one.service === service);
  if (state !== undefined) return state;
  throw new CheckFailure(
    'not-provable',
    `ECS did not report how many tasks the ${service} service runs. Check its name, and the log of this function.`,
  );
}

/** Sends requests until as many tasks answered as ECS runs, within bounds; returns the number of requests. */
async function searchTasks({ service, dial, url, seen }: TaskSearch, { running }: ServiceState): Promise<number> {
  if (running === 0) {
    throw new CheckFailure('no-tasks', `ECS runs no task of the ${service} service. Check its events and its log.`);
  }
  const ask = async () => {
    await askOnce(dial, url, ASK[service], `the ${service} service`);
    if (seen().length > 0) return;
    throw new CheckFailure(
      'not-provable',
      `responses of the ${service} service do not name their task. Check that its image sends X-Quilt-Task.`,
    );
  };
  return askUntil(running, () => seen().length >= running, ask);
}

/** Requires as many answering tasks as ran, and that no task was replaced: otherwise the count could include old tasks. */
function requireAll({ service, seen }: TaskSearch, asked: number, atStart: ServiceState, atEnd: ServiceState): void {
  if (atStart.rollout === 'under-way' || atEnd.rollout === 'under-way') {
    throw new CheckFailure(
      'tasks-unseen',
      `ECS is replacing tasks of the ${service} service, so the tasks that answered may not be the ones that run. Run the canary again after the rollout; if it does not end, check the events of the service.`,
    );
  }
  if (atEnd.running > atStart.running) {
    throw new CheckFailure(
      'tasks-unseen',
      `ECS ran ${atStart.running} tasks of the ${service} service at first and runs ${atEnd.running} now, so new ones may not have been asked. Run the canary again; if it recurs, check the events of the service.`,
    );
  }
  const answered = seen().length;
  if (answered >= atStart.running) return;
  throw new CheckFailure(
    'tasks-unseen',
    `ECS runs ${atStart.running} tasks of the ${service} service; ${answered} answered in ${asked} requests. Check the health ` +
      'of the targets in its target group.',
  );
}

/**
 * Sends requests to every service until as many tasks answered as ECS runs, within bounds.
 *
 * @param atStart - what ECS reported before the first request
 * @param countAgain - asks ECS again: a task that was replaced in between still counts as one that answered
 */
export async function checkAllSeen(
  searches: readonly TaskSearch[],
  atStart: ServiceStates,
  countAgain: () => Promise<ServiceStates>,
): Promise<void> {
  const ended: (readonly [TaskSearch, number, ServiceState])[] = [];
  for (const search of searches) {
    const state = stateOf(search.service, atStart);
    ended.push([search, await searchTasks(search, state), state]);
  }
  const atEnd = await countAgain();
  for (const [search, asked, state] of ended) requireAll(search, asked, state, stateOf(search.service, atEnd));
}

const ASKS_AT_ONCE = 4;

/** Enough for a load balancer that chooses at random: it then misses a healthy task once in a billion runs. */
const ASKS_PER_TASK = 25;

/**
 * Sends requests, a few at a time, until a condition holds, within bounds. Each request must use a new connection, so that the load
 * balancer chooses a task again.
 *
 * @param tasks - number of tasks to find
 * @param isFound - the condition, tested before each round
 * @returns the number of requests
 * @throws the error of a request, once its round has ended
 */
export async function askUntil(tasks: number, isFound: () => boolean, ask: () => Promise<unknown>): Promise<number> {
  const most = ASKS_PER_TASK * (tasks + 1);
  let asked = 0;
  while (!isFound() && asked < most) {
    const round = await Promise.allSettled(Array.from({ length: ASKS_AT_ONCE }, ask));
    const failed = round.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    asked += ASKS_AT_ONCE;
  }
  return asked;
}
