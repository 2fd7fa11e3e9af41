import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';
import fc from 'fast-check';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { respondTo } from '../../../lambda/secret-parameter/lifecycle.ts';
import { outputOf } from '../support/captured-output.ts';
import { keySetText, secretArbitrary, whiteSpaceArbitrary } from '../support/secrets.ts';
import { KEY_ARN, KEY_SET, MemoryStore, OTHER_KEY_ARN, PROPERTIES, SECRET } from './memory-store.ts';

const COMMON = {
  ServiceToken: 'token',
  ResponseURL: 'https://s3.example.org/?signature=not-to-be-seen',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'SecretParameter',
  ResourceType: 'Custom::SecretParameter',
};
const IDS = { StackId: 'stack', RequestId: 'request', LogicalResourceId: 'SecretParameter' };

type Properties = Record<string, unknown>;

const withToken = (properties: Properties) => ({ ServiceToken: 'token', ...properties });

function create(properties: Properties = PROPERTIES): CloudFormationCustomResourceEvent {
  return { ...COMMON, RequestType: 'Create', ResourceProperties: withToken(properties) };
}

function update(to: Properties, from: Properties, physicalId = SECRET): CloudFormationCustomResourceEvent {
  return {
    ...COMMON,
    RequestType: 'Update',
    PhysicalResourceId: physicalId,
    ResourceProperties: withToken(to),
    OldResourceProperties: withToken(from),
  };
}

async function respond(event: CloudFormationCustomResourceEvent, store: MemoryStore) {
  let response: CloudFormationCustomResourceResponse | undefined;
  const lines = await outputOf(async () => {
    response = await respondTo(event, store);
  });
  return { response, logs: lines.map((line) => JSON.parse(line) as Record<string, unknown>), text: lines.join('\n') };
}

describe('create', () => {
  test('answers with the name as physical ID and versions only, and says what was done', async () => {
    const store = new MemoryStore({ [SECRET]: `${generateSecret()}\n` });
    const { response, logs } = await respond(create(), store);
    const Data = { SecretVersion: '2', KeySetVersion: '1' };
    expect(response).toEqual({ Status: 'SUCCESS', ...IDS, PhysicalResourceId: SECRET, Data });
    expect(logs).toEqual([expect.objectContaining({ level: 'info', action: 'adopted', secretBytes: '65 -> 64' })]);
    expect(logs[0]?.keyId).toMatch(/^frontend-enhanced\.[\w-]{8}$/);
  });

  test('refused: the reason, and still the name as physical ID', async () => {
    const { response } = await respond(create(), new MemoryStore({ [SECRET]: 'x'.repeat(31) }));
    expect(response).toEqual({
      Status: 'FAILED',
      ...IDS,
      PhysicalResourceId: SECRET,
      Reason: expect.stringContaining('31 bytes'),
    });
  });

  test('bad properties are refused before anything is read', async () => {
    const store = new MemoryStore();
    const { response } = await respond(create({ ...PROPERTIES, SecretParameterName: 7 }), store);
    expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'SecretParameter' });
    expect(store.calls).toBe(0);
  });

  test('an unexpected error is reported by its class and origin, not by its message', async () => {
    const store = new MemoryStore();
    store.get = async () => JSON.parse('quoted-by-the-parser');
    const { response, text } = await respond(create(), store);
    expect(response).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('SyntaxError') });
    expect(JSON.stringify(response) + text).not.toContain('quoted');
    expect(text).toContain('lifecycle.test');
  });
});

describe('update', () => {
  test('same names and key: reads and writes nothing, whatever is stored', async () => {
    const store = new MemoryStore({ [SECRET]: 'bad' });
    const { response } = await respond(update(PROPERTIES, PROPERTIES), store);
    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: SECRET });
    expect(store.calls).toBe(0);
  });

  test('another key: the same values under that key', async () => {
    const secret = generateSecret();
    const set = await keySetText(secret);
    const store = new MemoryStore({ [SECRET]: secret, [KEY_SET]: set });
    const { response } = await respond(update({ ...PROPERTIES, EncryptionKeyArn: OTHER_KEY_ARN }, PROPERTIES), store);
    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: SECRET });
    expect([store.value(SECRET), store.value(KEY_SET)]).toEqual([secret, set]);
    expect([store.keyArn(SECRET), store.keyArn(KEY_SET)]).toEqual([OTHER_KEY_ARN, OTHER_KEY_ARN]);
  });

  test('another name of the secret: as a create there, the old parameter untouched', async () => {
    const secret = generateSecret();
    const store = new MemoryStore({ [SECRET]: secret, [KEY_SET]: await keySetText(secret) });
    const renamed = { ...PROPERTIES, SecretParameterName: '/other/secret', KeySetParameterName: '/other/keys' };
    const { response } = await respond(update(renamed, PROPERTIES), store);
    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: '/other/secret' });
    expect(store.value('/other/secret')).not.toBe(secret);
    expect(store.keyArn(SECRET)).toBeUndefined();
  });

  test('another name of the set: the set is made there from the secret', async () => {
    const secret = generateSecret();
    const store = new MemoryStore({ [SECRET]: secret, [KEY_SET]: await keySetText(secret) });
    const { response } = await respond(
      update({ ...PROPERTIES, KeySetParameterName: '/other/keys' }, PROPERTIES),
      store,
    );
    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: SECRET });
    expect(store.value('/other/keys')).toBe(await keySetText(secret));
  });

  test('refused: keeps the physical ID, so that nothing is taken for new', async () => {
    const store = new MemoryStore({ '/other/secret': 'bad' });
    const { response } = await respond(
      update({ ...PROPERTIES, SecretParameterName: '/other/secret' }, PROPERTIES),
      store,
    );
    expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: SECRET });
  });

  test('the rollback of a refused rename never fails, even if a bad value was written meanwhile', async () => {
    const store = new MemoryStore({ [SECRET]: 'bad', '/other/secret': 'bad' });
    const renamed = { ...PROPERTIES, SecretParameterName: '/other/secret' };
    const { response, logs } = await respond(update(PROPERTIES, renamed), store);
    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: SECRET });
    expect(logs).toEqual([expect.objectContaining({ level: 'error', reason: expect.stringContaining('3 bytes') })]);
  });

  test('the rollback of a rename that had shared the set puts the set back under the old key', async () => {
    const secret = generateSecret();
    const store = new MemoryStore({ [SECRET]: secret, [KEY_SET]: await keySetText(secret) });
    const renamed = { ...PROPERTIES, SecretParameterName: '/other/secret', EncryptionKeyArn: OTHER_KEY_ARN };
    store.crash = { call: 4, when: 'before' };
    await respond(update(renamed, PROPERTIES), store);
    expect(store.keyArn(KEY_SET)).toBe(OTHER_KEY_ARN);
    const { response } = await respond(update(PROPERTIES, renamed), store);
    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: SECRET });
    expect(store.keyArn(KEY_SET)).toBe(KEY_ARN);
  });
});

test('delete retains: reads and writes nothing, needs no valid properties', async () => {
  const store = new MemoryStore({ [SECRET]: generateSecret() });
  const event = {
    ...COMMON,
    RequestType: 'Delete' as const,
    PhysicalResourceId: 'x',
    ResourceProperties: { ServiceToken: 'token' },
  };
  const { response } = await respond(event, store);
  expect(response).toEqual({ Status: 'SUCCESS', ...IDS, PhysicalResourceId: 'x' });
  expect(store.calls).toBe(0);
});

test('no response, reason or log line ever contains a value or the response URL', async () => {
  const spoil = fc.constantFrom(
    (secret: string) => secret,
    (secret: string) => `${secret} ${secret}`,
    (secret: string) => `${secret}\u00e9`,
    (secret: string) => secret.slice(0, 31),
    (secret: string) => secret.repeat(33),
  );
  const spoilSet = fc.constantFrom(
    (set: string) => set,
    (set: string) => set.slice(0, -2),
    (set: string) => set.replace('HS256', 'HS512'),
    (set: string) => set.replace('"kty"', '"x"'),
  );
  const state = fc.record({
    secret: fc.option(secretArbitrary),
    other: fc.option(secretArbitrary),
    space: whiteSpaceArbitrary,
    spoil,
    spoilSet,
    crash: fc.option(fc.integer({ min: 1, max: 3 })),
    type: fc.constantFrom('create', 'update'),
  });
  await fc.assert(
    fc.asyncProperty(state, async ({ secret, other, space, spoil, spoilSet, crash, type }) => {
      const store = new MemoryStore({
        [SECRET]: secret === null ? undefined : spoil(secret) + space,
        [KEY_SET]: other === null ? undefined : spoilSet(await keySetText(other)),
      });
      if (crash !== null) store.crash = { call: crash, when: 'after' };
      const moved = { ...PROPERTIES, EncryptionKeyArn: OTHER_KEY_ARN };
      const { response, text } = await respond(type === 'create' ? create() : update(moved, PROPERTIES), store);
      const shown = JSON.stringify(response) + text;
      for (const value of [secret, other, store.value(SECRET)?.trim()]) {
        if (value === null || value === undefined) continue;
        // Half of it is as bad, and its base64url is the value as well.
        for (const form of [
          value.slice(0, 31),
          JSON.stringify(value).slice(1, 32),
          Buffer.from(value).toString('base64url'),
        ]) {
          expect(shown.includes(form)).toBe(false);
        }
      }
      expect(shown).not.toContain('not-to-be-seen');
    }),
  );
});
