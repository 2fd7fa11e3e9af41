import { isIP } from 'node:net';
import { isBucketName } from '../../auth/names.ts';
import { type CheckName, isCheckName } from '../../contract/canary-report.ts';
import * as names from '../../contract/function-variables.ts';
import { anyText, matching, readVariables, secureOrigin, variable } from '../shared/settings.ts';

/** The settings of the canary. */
export type CanarySettings = {
  /** The catalog's page. */
  readonly url: URL;
  /** The MCP endpoint on the same host. */
  readonly mcpUrl: URL;
  readonly connectHost: string | undefined;
  readonly secretParameter: string;
  readonly keySetParameter: string;
  readonly cluster: string;
  readonly mcpService: string;
  readonly catalogService: string;
  readonly buckets: readonly string[];
  /** The table with the rotation's record and the canary's reports, if there is one. */
  readonly stateTable: string | undefined;
  /** The state machine that repairs the parameters, if there is one. */
  readonly stateMachine: string | undefined;
  /** Checks whose failure is tolerated. */
  readonly tolerated: readonly CheckName[];
};

/** Names every problem of the environment at once. Does not repeat values, since one may be a misplaced secret. */
class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(problems: readonly string[]) {
    super(`The canary's environment is not usable. ${problems.join('. ')}. Correct the function's configuration.`);
  }
}

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
const STATE_MACHINE = /^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:stateMachine:[A-Za-z0-9_-]{1,80}$/;
const PATH = /^(?:\/[A-Za-z0-9._~-]+)+\/?$/;

/** Parses a JSON list, sorted and without repetitions; `undefined` when it is invalid or contains an item that is not allowed. */
const listOf =
  <T extends string>(isAllowed: (item: unknown) => item is T) =>
  (text: string): readonly T[] | undefined => {
    try {
      const list: unknown = JSON.parse(text);
      return Array.isArray(list) && list.every(isAllowed) ? [...new Set(list)].sort() : undefined;
    } catch {
      return undefined;
    }
  };

const isBucket = (item: unknown): item is string => item === '*' || isBucketName(item);

const VARIABLES = {
  url: variable(names.CANARY_URL, 'an https URL without path (http on loopback only)', secureOrigin),
  mcpPath: variable(names.CANARY_MCP_PATH, 'the path of a URL', matching(PATH), '/mcp'),
  connectHost: variable(
    names.CANARY_CONNECT_HOST,
    'a DNS name without scheme and port',
    (text) => (text === '' ? text : matching(HOST_NAME)(text)),
    '',
  ),
  secretParameter: anyText(names.CANARY_SECRET_PARAMETER, 'the name of an SSM parameter'),
  keySetParameter: anyText(names.CANARY_KEY_SET_PARAMETER, 'the name of an SSM parameter'),
  cluster: anyText(names.CANARY_CLUSTER, 'the name or ARN of an ECS cluster'),
  mcpService: anyText(names.CANARY_MCP_SERVICE, 'the name of an ECS service'),
  catalogService: anyText(names.CANARY_CATALOG_SERVICE, 'the name of an ECS service'),
  buckets: variable(names.CANARY_BUCKETS, 'a JSON list of bucket names', listOf(isBucket), '[]'),
  stateTable: variable(names.CANARY_STATE_TABLE, 'the name of a DynamoDB table', (text) => text, ''),
  stateMachine: variable(
    names.CANARY_STATE_MACHINE,
    'the ARN of a state machine',
    (text) => (text === '' ? text : matching(STATE_MACHINE)(text)),
    '',
  ),
  tolerated: variable(names.CANARY_TOLERATED, 'a JSON list of names of checks', listOf(isCheckName), '[]'),
};

/**
 * Reads the settings of the canary from its environment (see `contract/function-variables.ts`).
 *
 * @throws SettingsError naming every variable that is missing or wrong, with its rule
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): CanarySettings {
  const { mcpPath, connectHost, stateTable, stateMachine, ...settings } = readVariables(
    VARIABLES,
    (name) => environment[name]?.trim(),
    (unusable) =>
      new SettingsError(
        unusable.map(
          ({ name, rule, isMissing }) => `${name} ${isMissing ? 'is missing' : 'is invalid'}: it must be ${rule}`,
        ),
      ),
  );
  if (connectHost !== '' && isIP(settings.url.hostname.replace(/[[\]]/g, '')) !== 0) {
    // Node resolves no name for an IP address, so the connect host would be ignored silently.
    throw new SettingsError([
      `${names.CANARY_CONNECT_HOST} requires a ${names.CANARY_URL} with a host name, not an IP address`,
    ]);
  }
  return {
    ...settings,
    mcpUrl: new URL(mcpPath, settings.url),
    connectHost: connectHost || undefined,
    stateTable: stateTable || undefined,
    stateMachine: stateMachine || undefined,
  };
}
