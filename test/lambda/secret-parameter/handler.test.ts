import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { parseKeySet, secretOfKey } from '../../../auth/key-set.ts';
import type { handler } from '../../../lambda/secret-parameter/handler.ts';
import { outputOf } from '../support/captured-output.ts';
import { type FakeAws, startFakeAws, useFakeAws } from '../support/fake-aws.ts';
import { bodyOf, closeServers, serve } from '../support/servers.ts';
import { KEY_ARN, KEY_SET, PROPERTIES, SECRET } from './memory-store.ts';

let aws: FakeAws;

beforeEach(async () => {
  aws = await startFakeAws();
  useFakeAws(aws.endpoint);
  // A handler keeps its client, and the client its endpoint: each test gets its own.
  jest.resetModules();
});

afterEach(closeServers);

/** Sends one event through the real handler and gives the responses that CloudFormation got, and all log text. */
async function send(properties: Record<string, unknown> = PROPERTIES) {
  const responses: Record<string, unknown>[] = [];
  const origin = await serve(async (request, response) => {
    responses.push(JSON.parse(await bodyOf(request)));
    response.end();
  });
  const event: CloudFormationCustomResourceEvent = {
    RequestType: 'Create',
    ServiceToken: 'token',
    ResponseURL: `${origin}/response?signature=not-to-be-seen`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'SecretParameter',
    ResourceType: 'Custom::SecretParameter',
    ResourceProperties: { ServiceToken: 'token', ...properties },
  };
  const fresh = (await import('../../../lambda/secret-parameter/handler.ts')).handler as typeof handler;
  const logs = await outputOf(() => fresh(event));
  return { responses, logs: logs.join('\n') };
}

test('first deploy: makes both SecureStrings under the key and answers once', async () => {
  const { responses } = await send();
  expect(responses).toEqual([
    expect.objectContaining({
      Status: 'SUCCESS',
      PhysicalResourceId: SECRET,
      Data: { SecretVersion: '1', KeySetVersion: '1' },
    }),
  ]);
  const [secret, set] = [aws.parameters.get(SECRET), aws.parameters.get(KEY_SET)];
  expect((await parseKeySet(set?.value)).keys.map(secretOfKey)).toEqual([secret?.value]);
  expect([secret, set]).toEqual([
    expect.objectContaining({ type: 'SecureString', keyId: KEY_ARN }),
    expect.objectContaining({ type: 'SecureString', keyId: KEY_ARN }),
  ]);
});

test('uses no operation of SSM but two reads and two writes, the set first', async () => {
  await send();
  const read = { target: 'AmazonSSM.GetParameters', input: { Names: [SECRET, KEY_SET], WithDecryption: true } };
  expect(aws.calls).toEqual([
    read,
    read,
    {
      target: 'AmazonSSM.PutParameter',
      input: expect.objectContaining({
        Name: KEY_SET,
        Type: 'SecureString',
        KeyId: KEY_ARN,
        Overwrite: true,
        Tier: 'Standard',
      }),
    },
    { target: 'AmazonSSM.PutParameter', input: expect.objectContaining({ Name: SECRET, Overwrite: true }) },
  ]);
});

test('adopts a secret that a person put with a trailing newline', async () => {
  const secret = generateSecret();
  aws.parameters.set(SECRET, { value: `${secret}\n`, type: 'SecureString', keyId: undefined, version: 4 });
  const { responses, logs } = await send();
  expect(responses).toEqual([
    expect.objectContaining({ Status: 'SUCCESS', Data: { SecretVersion: '5', KeySetVersion: '1' } }),
  ]);
  expect(aws.parameters.get(SECRET)?.value).toBe(secret);
  expect(logs).toContain('65 -> 64');
  expect(logs).not.toContain(secret);
});

test('refuses a plaintext parameter before it writes', async () => {
  aws.parameters.set(SECRET, { value: generateSecret(), type: 'String', keyId: undefined, version: 1 });
  const { responses } = await send();
  expect(responses).toEqual([
    expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining('is a String, not a SecureString') }),
  ]);
  expect(aws.parameters.has(KEY_SET)).toBe(false);
});

test.each([
  ['GetParameters', 'AccessDeniedException', 'Allow it for the role'],
  ['PutParameter', 'InvalidKeyId', 'KMS key exists'],
  ['PutParameter', 'SomethingNew', 'CloudTrail'],
])('an error of %s is reported by name with a remedy, never by its message', async (operation, type, remedy) => {
  const secret = generateSecret();
  aws.parameters.set(SECRET, { value: secret, type: 'SecureString', keyId: undefined, version: 1 });
  aws.fail(operation, type, `1 validation error: Value '${secret}' is not liked`);
  const { responses, logs } = await send();
  expect(responses).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining(type) })]);
  expect(JSON.stringify(responses)).toContain(remedy);
  expect(JSON.stringify(responses) + logs).not.toContain(secret);
});

test('logs neither the event nor the response URL', async () => {
  const { logs } = await send();
  expect(logs).not.toMatch(/not-to-be-seen|ResponseURL|ServiceToken/);
  expect(logs.split('\n')).toHaveLength(1);
});
