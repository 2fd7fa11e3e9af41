const ASKS_AT_ONCE = 4;

/** Enough for a load balancer that chooses at random: with it a healthy task is missed once in a billion runs. */
const ASKS_PER_TASK = 25;

/**
 * Sends requests, a few at a time, until what was searched for is found, within bounds. Each has to go over a connection of its
 * own, so that a task is chosen anew.
 *
 * @param tasks - how many tasks are searched for
 * @param isFound - is asked before each round
 * @returns the number of requests
 * @throws what a request threw, when the others of its round have ended
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
