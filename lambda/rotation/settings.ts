import * as names from '../../contract/function-variables.ts';
import { anyText, readVariables, secureOrigin, type Values, variable } from '../shared/settings.ts';

class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(unusable: readonly { readonly name: string }[]) {
    const list = unusable.map(({ name }) => name).join(', ');
    super(`The rotation function has no valid ${list}. Deploy the Trust stack again, which sets them.`);
  }
}

const wholeNumber = (name: string) =>
  variable(name, 'a whole number', (text) => (/^\d{1,6}$/.test(text) ? Number(text) : undefined));

const VARIABLES = {
  secretParameter: anyText(names.ROTATION_SECRET_PARAMETER),
  keySetParameter: anyText(names.ROTATION_KEY_SET_PARAMETER),
  encryptionKey: anyText(names.ROTATION_ENCRYPTION_KEY),
  incomingPath: anyText(names.ROTATION_INCOMING_PATH),
  stateTable: anyText(names.ROTATION_STATE_TABLE),
  cluster: anyText(names.ROTATION_CLUSTER),
  mcpService: anyText(names.ROTATION_MCP_SERVICE),
  catalogService: anyText(names.ROTATION_CATALOG_SERVICE),
  canaryFunction: anyText(names.ROTATION_CANARY_FUNCTION),
  servicesStack: anyText(names.ROTATION_SERVICES_STACK),
  mcpPath: anyText(names.ROTATION_MCP_PATH),
  mcpLogGroup: anyText(names.ROTATION_MCP_LOG_GROUP),
  /** Names this deployment in commands. */
  environment: anyText(names.ROTATION_ENVIRONMENT),
  /** Names this deployment in metrics. */
  deployment: anyText(names.ROTATION_DEPLOYMENT),
  tokenLifetimeSeconds: wholeNumber(names.ROTATION_TOKEN_LIFETIME_SECONDS),
  leewaySeconds: wholeNumber(names.ROTATION_TOKEN_LEEWAY_SECONDS),
  everyDays: wholeNumber(names.ROTATION_EVERY_DAYS),
  rolloutSeconds: wholeNumber(names.ROTATION_ROLL_OUT_SECONDS),
  url: variable(names.ROTATION_URL, 'an https URL without path', secureOrigin),
  connectHost: variable(names.ROTATION_CONNECT_HOST, 'a DNS name', (text) => text, ''),
};

/** The settings of the rotation. */
export type RotationSettings = Omit<Values<typeof VARIABLES>, 'url' | 'mcpPath' | 'connectHost'> & {
  readonly mcpUrl: URL;
  readonly connectHost: string | undefined;
};

/**
 * Reads the settings of the function from its environment (see `contract/function-variables.ts`).
 *
 * @throws SettingsError naming every variable that is missing or unusable; values are not repeated
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): RotationSettings {
  const read = readVariables(
    VARIABLES,
    (name) => environment[name],
    (unusable) => new SettingsError(unusable),
  );
  const { url, mcpPath, connectHost, ...settings } = read;
  return { ...settings, mcpUrl: new URL(mcpPath, url), connectHost: connectHost || undefined };
}
