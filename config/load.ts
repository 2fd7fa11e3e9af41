import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { type CheckedContext, type DeployContext, readContext } from './context.ts';
import { checkAcrossKeys } from './cross-checks.ts';
import { EMULATOR_ACCOUNT } from './emulator.ts';
import { ConfigurationError, problemsOf } from './errors.ts';
import { local } from './local.ts';
import { production } from './production.ts';
import { type CheckedKeys, type EnvironmentConfig, type EnvironmentInput, keysSchema } from './schema.ts';
import type { ServiceInput } from './service.ts';

/** Every environment there is. A new one is a file beside this one and a line here. */
const ENVIRONMENTS: Readonly<
  Record<string, { readonly file: string; read(context: CheckedContext): EnvironmentInput }>
> = {
  local: { file: 'config/local.ts', read: local },
  production: { file: 'config/production.ts', read: () => production },
};

/** The names of all environments. */
export const ENVIRONMENT_NAMES: readonly string[] = Object.keys(ENVIRONMENTS);

/** The environment that is used when none is named. */
export const DEFAULT_ENVIRONMENT = 'local';

/**
 * Loads and checks the configuration of one environment. Touches no network and writes nothing.
 *
 * @param name - the environment; `local` when there is none
 * @param context - values of the CDK's `-c key=value`
 * @param credentialsAccount - the account that the caller's AWS credentials belong to, as far as it is known
 * @throws ConfigurationError that names, for everything that is wrong, file, key, rule and remedy
 */
export function loadEnvironment(
  name: unknown = DEFAULT_ENVIRONMENT,
  context: DeployContext = {},
  credentialsAccount?: string,
): EnvironmentConfig {
  const environment = typeof name === 'string' && Object.hasOwn(ENVIRONMENTS, name) ? ENVIRONMENTS[name] : undefined;
  if (environment === undefined) throw unknownEnvironment(name);
  const checked = readContext(context);
  const config = checkEnvironment(withImages(environment.read(checked), checked), environment.file);
  if (config.account === EMULATOR_ACCOUNT) refuseOtherAccounts(environment.file, credentialsAccount);
  else refuseLocalOptions(environment.file, checked);
  return config;
}

/** Piped, so that rules across keys see only keys that are valid by themselves. */
const environmentSchema = keysSchema
  .pipe(z.custom<CheckedKeys>().superRefine(checkAcrossKeys))
  .transform((environment) => ({
    ...environment,
    publicUrl: environment.publicUrl ?? `https://${environment.hostName}`,
  }));

/**
 * Checks one environment.
 *
 * @param input - the environment from its file
 * @param file - that file, for the errors
 * @throws ConfigurationError with everything that is wrong
 */
export function checkEnvironment(input: EnvironmentInput, file: string): EnvironmentConfig {
  const result = environmentSchema.safeParse(input);
  if (result.success) return result.data;
  throw new ConfigurationError(problemsOf(result.error, file));
}

function unknownEnvironment(name: unknown): ConfigurationError {
  const known = ENVIRONMENT_NAMES.join(', ');
  const near = typeof name === 'string' ? nearest(name) : undefined;
  return new ConfigurationError([
    {
      file: 'command line',
      key: '-c environment',
      rule: `There is no environment ${JSON.stringify(name)}`,
      remedy: `${near === undefined ? '' : `Did you mean ${near}? `}Name one of ${known}, or add a file to config/ and list it in config/load.ts`,
    },
  ]);
}

/** The name that a mistyped one was meant to be, when one is near enough. */
function nearest(name: string): string | undefined {
  const near = closest(name, [...ENVIRONMENT_NAMES]);
  return distance(name, near) <= Math.max(2, near.length / 3) ? near : undefined;
}

function withImages(input: EnvironmentInput, { catalogImage, mcpImage }: CheckedContext): EnvironmentInput {
  const { catalog, mcp } = input.services;
  return { ...input, services: { catalog: withImage(catalog, catalogImage), mcp: withImage(mcp, mcpImage) } };
}

function withImage<Service extends ServiceInput>(service: Service, uri: string | undefined): Service {
  if (uri === undefined) return service;
  return { ...service, image: { kind: 'reference', uri, platform: service.image.platform } };
}

function refuseOtherAccounts(file: string, credentialsAccount: string | undefined): void {
  if (credentialsAccount === undefined || credentialsAccount === EMULATOR_ACCOUNT) return;
  throw new ConfigurationError([
    {
      file,
      key: 'account',
      rule: `This environment is for the emulator on this machine, and the AWS credentials in use are those of account ${credentialsAccount}`,
      remedy: 'Run npm start, which brings its own credentials, or name another environment with -c environment=NAME',
    },
  ]);
}

function refuseLocalOptions(file: string, context: CheckedContext): void {
  const given = (['publicUrl', 'registryUrl', 'tokenLifetime'] as const).filter((key) => context[key] !== undefined);
  if (given.length === 0) return;
  throw new ConfigurationError(
    given.map((key) => ({
      file: 'command line',
      key: `-c ${key}`,
      rule: 'This option is for the local environment only',
      remedy: `Leave it out and write the value in ${file}`,
    })),
  );
}
