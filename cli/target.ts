import { join } from 'node:path';
import type { DeployContext } from '../config/context.ts';
import { EMULATOR_ACCOUNT } from '../config/emulator.ts';
import { loadEnvironment } from '../config/load.ts';
import type { EnvironmentConfig } from '../config/schema.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { awsClientSettings, awsEnvironment, LOCAL_REGION } from './local/aws-settings.ts';
import { hasImage } from './local/images.ts';
import { findRunning, RUN_DIRECTORY, type Running } from './local/running.ts';

/** The environment that a command works on: its configuration and the settings of its AWS clients. */
export interface Target {
  readonly config: EnvironmentConfig;
  readonly clientSettings: ReturnType<typeof awsClientSettings> | { readonly region: string };
  /** Context values of the CDK app beside the environment's name. */
  readonly context: DeployContext;
  /** For `local`: whether this machine has the program of an image. */
  readonly hasImage?: (image: string) => boolean;
  /** The whole environment of a process that works on it, such as the CDK CLI. */
  readonly variables: NodeJS.ProcessEnv;
}

/**
 * Finds the environment that a command works on.
 *
 * `local` is the one that `npm start` runs now. For any other, AWS clients use the caller's credentials.
 *
 * @param name - the environment, as in `-c environment=NAME`
 * @param given - further values of `-c key=value`
 * @param option - how the user of the command selects another environment
 * @throws ConfigurationError when there is no such environment or its configuration is wrong
 * @throws CommandError (4) when it is `local` and not running
 */
export function findTarget(name: string, given: DeployContext = {}, option = '--environment'): Target {
  if (name !== 'local') {
    const config = loadEnvironment(name, given);
    return { config, clientSettings: { region: config.region }, context: given, variables: process.env };
  }
  const running = findRunning();
  if (!running) {
    throw new CommandError(
      `The local environment is not running. Start it with \`npm start\`, or select another one with ${option}.`,
      EXIT.unreachable,
    );
  }
  const context = { ...contextOf(running), ...given };
  return {
    config: loadEnvironment(name, context),
    clientSettings: awsClientSettings(running.endpoint),
    hasImage: (image) => hasImage(running.imageDirectory, image),
    context,
    variables: {
      ...awsEnvironment(running.endpoint),
      CDK_DEFAULT_ACCOUNT: EMULATOR_ACCOUNT,
      CDK_DEFAULT_REGION: LOCAL_REGION,
      CDK_HOME: join(RUN_DIRECTORY, 'cdk-home'),
    },
  };
}

function contextOf({ publicUrl, registryUrl, tokenLifetimeSeconds: seconds }: Running): DeployContext {
  return { publicUrl, registryUrl, ...(seconds !== undefined && { tokenLifetime: String(seconds) }) };
}
