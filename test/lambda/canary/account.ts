import type { ServerResponse } from 'node:http';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { keyIdOf } from '../../../auth/key-id.ts';
import { runCanary } from '../../../lambda/canary/canary.ts';
import type { CanaryReport, CheckName } from '../../../lambda/canary/report.ts';
import { readSettings } from '../../../lambda/canary/settings.ts';
import { type FakeAws, startFakeAws, useFakeAws } from '../support/fake-aws.ts';
import { keySetText } from '../support/secrets.ts';
import { type Deployment, type Intercept, startDeployment } from './deployment.ts';

/** The account that the canary runs in: its parameters, valid at first, and its cluster. */
export type Account = {
  readonly aws: FakeAws;
  readonly secret: string;
  readonly keySet: string;
  readonly keyId: string;
  /** A deployment that holds the account's keys. */
  start(intercept?: Intercept): Promise<Deployment>;
  /** Writes the parameters as they are to be, without those that are `undefined`. */
  put(secret: string | undefined, keySet: string | undefined): void;
};

const PARAMETERS = ['/quilt/secret', '/quilt/keys'] as const;

export async function startAccount(): Promise<Account> {
  const aws = await startFakeAws();
  useFakeAws(aws.endpoint);
  const secret = generateSecret();
  const keySet = await keySetText(secret);
  const keyId = await keyIdOf(secret);
  const put: Account['put'] = (...values) => {
    for (const [index, name] of PARAMETERS.entries()) {
      const value = values[index];
      aws.parameters.delete(name);
      if (value !== undefined) aws.parameters.set(name, { value, type: 'SecureString', keyId: undefined, version: 1 });
    }
  };
  put(secret, keySet);
  aws.services.set('mcp-service', { running: 2, desired: 2 }).set('catalog-service', { running: 1, desired: 2 });
  const start: Account['start'] = (intercept) =>
    startDeployment({ keySet, signs: keyId, ...(intercept && { intercept }) });
  return { aws, secret, keySet, keyId, start, put };
}

/** Runs the canary against a deployment, with limits that a test may shorten. */
export async function run(
  origin: string,
  limits: { requestMs?: number; totalMs?: number } = {},
): Promise<CanaryReport> {
  const settings = readSettings({
    CANARY_URL: origin,
    CANARY_SECRET_PARAMETER: PARAMETERS[0],
    CANARY_KEY_SET_PARAMETER: PARAMETERS[1],
    CANARY_CLUSTER: 'cluster',
    CANARY_MCP_SERVICE: 'mcp-service',
    CANARY_CATALOG_SERVICE: 'catalog-service',
    CANARY_BUCKETS: '["bucket-a"]',
  });
  return runCanary(settings, { ssm: new SSMClient(), ecs: new ECSClient(), ...limits });
}

/** The reasons of the checks that failed, by name; skipped ones are left out. */
export function failuresOf({ checks }: CanaryReport): Partial<Record<CheckName, string>> {
  const failed = checks.filter(({ verdict }) => verdict === 'fail');
  return Object.fromEntries(failed.map(({ name, reason }) => [name, reason]));
}

/** Sends an answer in place of the service; `true`, for `Intercept`. */
export function answer(response: ServerResponse, status: number, type = 'application/json', body = '{}'): true {
  response.writeHead(status, { 'content-type': type }).end(body);
  return true;
}
