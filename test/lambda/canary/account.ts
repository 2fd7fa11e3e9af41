import type { ServerResponse } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { keyIdOf } from '../../../auth/key-id.ts';
import type { CanaryReport, CheckName } from '../../../contract/canary-report.ts';
import { type CanaryOptions, runCanary } from '../../../lambda/canary/canary.ts';
import { readSettings } from '../../../lambda/canary/settings.ts';
import { type FakeAws, startFakeAws, useFakeAws } from '../support/fake-aws.ts';
import { keySetText } from '../support/secrets.ts';
import {
  type Answered,
  type Asked,
  type Deployment,
  type Intercept,
  type Rewrite,
  startDeployment,
  type TaskTrust,
} from './deployment.ts';

/** The account that the canary runs in: its parameters, valid at first, and its cluster of two MCP tasks and a catalog task. */
export type Account = {
  readonly aws: FakeAws;
  readonly secret: string;
  readonly keySet: string;
  readonly keyId: string;
  /** What a task that read the parameters holds. */
  readonly trust: TaskTrust;
  /** A deployment that holds the account's keys. */
  start(fault?: {
    readonly intercept?: Intercept;
    readonly rewrite?: Rewrite;
    readonly sessionless?: boolean;
  }): Promise<Deployment>;
  /** Writes the parameters as they are to be, without those that are `undefined`. */
  put(secret: string | undefined, keySet: string | undefined): void;
};

const PARAMETERS = ['/quilt/secret', '/quilt/keys'] as const;

/** What a task holds that read these secrets: it signs with the first and accepts all. */
export async function trustOf(secret: string, ...others: readonly string[]): Promise<TaskTrust> {
  return { MCP_ENHANCED_JWT_SECRET: secret, MCP_ENHANCED_JWT_KEYS: await keySetText(secret, ...others) };
}

export async function startAccount(secret = generateSecret()): Promise<Account> {
  const aws = await startFakeAws();
  useFakeAws(aws.endpoint);
  const trust = await trustOf(secret);
  const keySet = trust.MCP_ENHANCED_JWT_KEYS;
  const put: Account['put'] = (...values) => {
    for (const [index, name] of PARAMETERS.entries()) {
      const value = values[index];
      aws.parameters.delete(name);
      if (value !== undefined) aws.parameters.set(name, { value, type: 'SecureString', keyId: undefined, version: 1 });
    }
  };
  put(secret, keySet);
  aws.services.set('mcp-service', { running: 2, desired: 2 }).set('catalog-service', { running: 1, desired: 2 });
  const start: Account['start'] = (fault) => startDeployment({ mcp: [trust, trust], catalog: [trust], ...fault });
  return { aws, secret, keySet, keyId: await keyIdOf(secret), trust, start, put };
}

function clients() {
  const options = { maxAttempts: 1 };
  return {
    ssm: new SSMClient(),
    ecs: new ECSClient(),
    dynamodb: new DynamoDBClient(options),
    sfn: new SFNClient(options),
  };
}

/** Runs the canary against a deployment, with limits that a test may shorten. */
export async function run(
  origin: string,
  options: Partial<CanaryOptions> & {
    readonly tolerated?: readonly CheckName[];
    connectHost?: string;
    /** Further variables of the function's environment. */
    environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<CanaryReport> {
  const { tolerated = [], connectHost, environment = {}, ...limits } = options;
  const settings = readSettings({
    CANARY_URL: origin,
    CANARY_SECRET_PARAMETER: PARAMETERS[0],
    CANARY_KEY_SET_PARAMETER: PARAMETERS[1],
    CANARY_CLUSTER: 'cluster',
    CANARY_MCP_SERVICE: 'mcp-service',
    CANARY_CATALOG_SERVICE: 'catalog-service',
    CANARY_BUCKETS: '["bucket-a"]',
    CANARY_TOLERATED: JSON.stringify(tolerated),
    CANARY_CONNECT_HOST: connectHost,
    ...environment,
  });
  return runCanary(settings, { ...clients(), ...limits });
}

/** The reasons of the checks that failed, by name; skipped and tolerated ones are left out. */
export function failuresOf({ checks }: CanaryReport): Partial<Record<CheckName, string>> {
  const failed = checks.filter(({ verdict }) => verdict === 'fail');
  return Object.fromEntries(failed.map(({ name, reason }) => [name, reason]));
}

/** Sends an answer in place of the service; `true`, for `Intercept`. */
export function answer(response: ServerResponse, status: number, type = 'application/json', body = '{}'): true {
  response.writeHead(status, { 'content-type': type }).end(body);
  return true;
}

/** Changes the result of a JSON-RPC answer, in one JSON document or one event; for `Rewrite`. */
export function changeResult(
  { id }: Asked,
  answered: Answered,
  change: (result: Record<string, unknown>) => Record<string, unknown>,
): void {
  const data = /^data: (.*)$/m.exec(answered.body)?.[1] ?? answered.body;
  const { result } = JSON.parse(data) as { result: Record<string, unknown> };
  answered.headers.set('content-type', 'application/json');
  answered.body = JSON.stringify({ jsonrpc: '2.0', id, result: change(result) });
}

/** Changes what a tool answered; for `Rewrite`. */
export function changeToolAnswer(asked: Asked, answered: Answered, changed: Record<string, unknown>): void {
  changeResult(asked, answered, (result) => {
    const content = { ...(result.structuredContent as Record<string, unknown>), ...changed };
    return { ...result, structuredContent: content, content: [{ type: 'text', text: JSON.stringify(content) }] };
  });
}
