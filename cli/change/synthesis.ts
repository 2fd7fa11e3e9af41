import { CONTEXT_KEYS, type DeployContext } from '../../config/context.ts';
import { type CdkFollower, captureCdk } from '../cdk.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { type Finding, invalid, ok } from '../preflight/finding.ts';
import type { Target } from '../target.ts';

/**
 * Synthesises an environment with the CDK CLI, which first builds services and functions. Its output is shown when it
 * fails.
 *
 * @param directory - where the cloud assembly is written to
 */
export async function synthesise(
  environment: string,
  target: Target,
  directory: string,
  follower?: CdkFollower,
): Promise<Finding> {
  const args = [
    'synth',
    '--quiet',
    '--no-notices',
    '--output',
    directory,
    ...contextArguments(environment, target.context),
  ];
  const { succeeded, text } = await captureCdk(args, target.variables, follower);
  if (succeeded) return { about: 'synthesis', ...ok('succeeded') };
  process.stderr.write(`${text}\n`);
  return { about: 'synthesis', ...invalid('the CDK app failed', 'Fix the error above.') };
}

/** Context values as arguments of the CDK CLI. */
export function contextArguments(environment: string, context: DeployContext): readonly string[] {
  const given = Object.entries({ environment, ...context }).filter(([, value]) => value !== undefined);
  return given.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/**
 * Parses the values of `-c key=value` as the CDK CLI does.
 *
 * @throws CommandError (2) for an unknown key, which the CDK app would ignore
 */
export function contextOf(given: readonly string[]): DeployContext {
  return Object.fromEntries(given.map(pairOf));
}

function pairOf(text: string): readonly [string, string] {
  const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (key === 'environment') {
    throw new CommandError('Select the environment with --environment, not with -c.', EXIT.configuration);
  }
  if (CONTEXT_KEYS.some((known) => known === key)) return [key, value];
  throw new CommandError(`-c takes key=value with one of the keys ${CONTEXT_KEYS.join(', ')}.`, EXIT.configuration);
}
