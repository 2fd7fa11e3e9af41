import * as names from '../../contract/function-variables.ts';
import { secureOrigin } from '../shared/secure-origin.ts';

/** Where the rotation looks, and how long things take. */
export type RotationSettings = {
  readonly secretParameter: string;
  readonly keySetParameter: string;
  readonly encryptionKey: string;
  readonly incomingPath: string;
  readonly stateTable: string;
  readonly cluster: string;
  readonly mcpService: string;
  readonly catalogService: string;
  readonly canaryFunction: string;
  readonly servicesStack: string;
  readonly mcpUrl: URL;
  readonly connectHost: string | undefined;
  readonly mcpLogGroup: string;
  /** Names this deployment in commands for people. */
  readonly environment: string;
  /** Names this deployment in metrics. */
  readonly deployment: string;
  readonly tokenLifetimeSeconds: number;
  readonly leewaySeconds: number;
  readonly everyDays: number;
  readonly rolloutSeconds: number;
};

class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(wrong: readonly string[]) {
    super(`The rotation function lacks a usable ${wrong.join(', ')}. Deploy the Trust stack again, which sets them.`);
  }
}

const REQUIRED = [
  names.ROTATION_SECRET_PARAMETER,
  names.ROTATION_KEY_SET_PARAMETER,
  names.ROTATION_ENCRYPTION_KEY,
  names.ROTATION_INCOMING_PATH,
  names.ROTATION_STATE_TABLE,
  names.ROTATION_CLUSTER,
  names.ROTATION_MCP_SERVICE,
  names.ROTATION_CATALOG_SERVICE,
  names.ROTATION_CANARY_FUNCTION,
  names.ROTATION_SERVICES_STACK,
  names.ROTATION_MCP_PATH,
  names.ROTATION_MCP_LOG_GROUP,
  names.ROTATION_ENVIRONMENT,
  names.ROTATION_DEPLOYMENT,
] as const;

const NUMBERS = [
  names.ROTATION_TOKEN_LIFETIME_SECONDS,
  names.ROTATION_TOKEN_LEEWAY_SECONDS,
  names.ROTATION_EVERY_DAYS,
  names.ROTATION_ROLL_OUT_SECONDS,
] as const;

/**
 * Reads the settings of the function from its environment (see `environment.ts`).
 *
 * @throws SettingsError naming every variable that is missing or no number; values are not repeated
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): RotationSettings {
  const text = (name: string) => environment[name] ?? '';
  const wrong = [
    ...REQUIRED.filter((name) => text(name).trim() === ''),
    ...NUMBERS.filter((name) => !/^\d{1,6}$/.test(text(name))),
    ...[names.ROTATION_URL].filter((name) => secureOrigin(text(name)) === undefined),
  ];
  if (wrong.length > 0) throw new SettingsError(wrong);
  return {
    secretParameter: text(names.ROTATION_SECRET_PARAMETER),
    keySetParameter: text(names.ROTATION_KEY_SET_PARAMETER),
    encryptionKey: text(names.ROTATION_ENCRYPTION_KEY),
    incomingPath: text(names.ROTATION_INCOMING_PATH),
    stateTable: text(names.ROTATION_STATE_TABLE),
    cluster: text(names.ROTATION_CLUSTER),
    mcpService: text(names.ROTATION_MCP_SERVICE),
    catalogService: text(names.ROTATION_CATALOG_SERVICE),
    canaryFunction: text(names.ROTATION_CANARY_FUNCTION),
    servicesStack: text(names.ROTATION_SERVICES_STACK),
    mcpUrl: new URL(text(names.ROTATION_MCP_PATH), text(names.ROTATION_URL)),
    connectHost: text(names.ROTATION_CONNECT_HOST) || undefined,
    mcpLogGroup: text(names.ROTATION_MCP_LOG_GROUP),
    environment: text(names.ROTATION_ENVIRONMENT),
    deployment: text(names.ROTATION_DEPLOYMENT),
    tokenLifetimeSeconds: Number(text(names.ROTATION_TOKEN_LIFETIME_SECONDS)),
    leewaySeconds: Number(text(names.ROTATION_TOKEN_LEEWAY_SECONDS)),
    everyDays: Number(text(names.ROTATION_EVERY_DAYS)),
    rolloutSeconds: Number(text(names.ROTATION_ROLL_OUT_SECONDS)),
  };
}
