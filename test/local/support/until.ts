import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again until there is an answer, and returns it. Throws with what it waited for when there is none in time.
 *
 * @param what - the awaited condition, for the error
 * @param ask - undefined or false: not yet
 * @param limitMs - how long to ask
 */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, limitMs = 60_000): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${limitMs / 1000} s: ${what}.`);
    await pause(50);
  }
}
