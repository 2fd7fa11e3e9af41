import { CONTEXT_KEYS, type DeployContext } from '../../config/context.ts';
import { CommandError, EXIT } from '../exit-codes.ts';

/**
 * What was given with `-c key=value`, as the CDK CLI would take it.
 *
 * @throws CommandError (2) for a key that the CDK app does not know, which it would ignore
 */
export function contextOf(given: readonly string[]): DeployContext {
  return Object.fromEntries(given.map(pairOf));
}

function pairOf(text: string): readonly [string, string] {
  const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (key === 'environment') {
    throw new CommandError('Name the environment with --environment, not with -c.', EXIT.configuration);
  }
  if (CONTEXT_KEYS.some((known) => known === key)) return [key, value];
  throw new CommandError(`-c takes key=value with one of the keys ${CONTEXT_KEYS.join(', ')}.`, EXIT.configuration);
}
