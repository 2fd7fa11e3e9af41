import { loadEnvironment } from '../config/load.ts';
import type { EnvironmentConfig } from '../config/schema.ts';
import { awsClientSettings } from '../local/run/aws-settings.ts';
import { findRunning } from '../local/run/run-directory.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/** Where a command goes: the environment's configuration and the settings of its AWS clients. */
export interface Target {
  readonly config: EnvironmentConfig;
  readonly clientSettings: ReturnType<typeof awsClientSettings> | { readonly region: string };
}

/**
 * The environment that a command is about.
 *
 * For `local` it is the one that `npm start` runs now. For any other, AWS clients take the caller's own credentials.
 *
 * @param name - the environment, as in `-c environment=NAME`
 * @throws ConfigurationError when there is no such environment or its configuration is wrong
 * @throws CommandError (4) when it is `local` and nothing runs
 */
export function findTarget(name: string): Target {
  if (name !== 'local') {
    const config = loadEnvironment(name);
    return { config, clientSettings: { region: config.region } };
  }
  const running = findRunning();
  if (!running) {
    throw new CommandError(
      'The local environment does not run: start it with `npm start`, or name another one with --environment.',
      EXIT.unreachable,
    );
  }
  return {
    config: loadEnvironment(name, { publicUrl: running.publicUrl, registryUrl: running.registryUrl }),
    clientSettings: awsClientSettings(running.endpoint),
  };
}
