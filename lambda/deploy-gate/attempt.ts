import { errorName } from '../../contract/safe-error.ts';
import { type LogFields, log } from '../shared/log.ts';
import { Refusal } from './refusal.ts';

/**
 * Does what no deploy depends on: a failure is a line in the log and nothing else.
 *
 * @param failure - the message of that line, such as `lock not released`
 * @returns what it gave; `undefined` when it failed
 */
export async function attempt<T>(
  failure: string,
  work: () => Promise<T>,
  fields: LogFields = {},
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const [code, reason] =
      error instanceof Refusal ? [error.code, error.message] : ['unexpected', `Unexpected ${errorName(error)}.`];
    log('error', failure, { ...fields, code, reason });
    return undefined;
  }
}
