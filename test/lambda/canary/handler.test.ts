import { generateSecret } from '../../../auth/generate-secret.ts';
import { keyIdOf } from '../../../auth/key-id.ts';
import { handler } from '../../../lambda/canary/handler.ts';
import { outputOf } from '../support/captured-output.ts';
import { startFakeAws, useFakeAws } from '../support/fake-aws.ts';
import { keySetText } from '../support/secrets.ts';
import { closeServers } from '../support/servers.ts';
import { startDeployment } from './deployment.ts';

const CONFIGURED = Object.keys(process.env);

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!CONFIGURED.includes(name)) delete process.env[name];
  await closeServers();
});

test('says which variables are missing before it asks anything', async () => {
  await expect(handler()).rejects.toThrow(/CANARY_URL is missing/);
});

test('answers the report that its environment asks for, and logs the verdict without a value', async () => {
  const secret = generateSecret();
  const keySet = await keySetText(secret);
  const aws = await startFakeAws();
  useFakeAws(aws.endpoint);
  aws.parameters.set('secret', { value: secret, type: 'SecureString', keyId: undefined, version: 1 });
  aws.parameters.set('keys', { value: keySet, type: 'SecureString', keyId: undefined, version: 1 });
  aws.services.set('mcp-service', { running: 1, desired: 1 });
  const { origin } = await startDeployment({ keySet, signs: await keyIdOf(secret) });
  Object.assign(process.env, {
    CANARY_URL: origin,
    CANARY_SECRET_PARAMETER: 'secret',
    CANARY_KEY_SET_PARAMETER: 'keys',
    CANARY_CLUSTER: 'cluster',
    CANARY_MCP_SERVICE: 'mcp-service',
    CANARY_CATALOG_SERVICE: 'catalog-service',
  });
  const logs = await outputOf(async () => {
    expect(await handler()).toMatchObject({ verdict: 'green', services: [{ service: 'mcp', running: 1, desired: 1 }] });
  });
  expect(logs.map((line) => JSON.parse(line))).toEqual([
    { level: 'info', message: 'canary green', durationMs: expect.any(Number), failed: [] },
  ]);
});
