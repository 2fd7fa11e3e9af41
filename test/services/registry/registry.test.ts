import { type LocalRegistry, startRegistry } from '../../../local/registry/server.ts';
import { decode, resign } from '../../auth/forge.ts';
import { jsonOf } from '../support/any-json.ts';
import { closeAfterEach } from '../support/close-after-each.ts';
import { loginAs } from '../support/registry-login.ts';

let registry: LocalRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());
const closeLater = closeAfterEach();

const ME = '{ me { name email role { name } roles { name } } bucketConfigs { name } }';

async function ask(query: string, token?: string) {
  const answer = await fetch(`${registry.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return { status: answer.status, body: await jsonOf(answer) };
}

test('it listens on loopback only', () => {
  expect(new URL(registry.url).hostname).toBe('127.0.0.1');
});

test.each([
  ['alice', 'ReadWriteQuiltV2-local'],
  ['bob', 'ReadOnlyQuilt'],
  ['carol', 'AdminQuilt'],
])('%s has the role %s', async (name, role) => {
  const { body } = await ask(ME, await loginAs(registry.url, name));
  expect(body.data.me).toEqual({ name, email: `${name}@example.org`, role: { name: role }, roles: [{ name: role }] });
  expect(body.data.bucketConfigs.length).toBeGreaterThan(0);
});

test('a login token is HS256 with id, uuid and exp, and is valid for about 90 days', async () => {
  const { header, payload } = decode(await loginAs(registry.url, 'alice'));
  expect(header.alg).toBe('HS256');
  expect(Object.keys(payload).sort()).toEqual(['exp', 'id', 'uuid']);
  expect(Math.round((Number(payload.exp) - Date.now() / 1000) / 86_400)).toBe(90);
});

test('a visitor has no identity and sees nothing', async () => {
  expect(await ask(ME)).toEqual({ status: 200, body: { data: { me: null, bucketConfigs: [] } } });
});

test('a token of another key, or of another run of the registry, is refused', async () => {
  const token = await loginAs(registry.url, 'alice');
  expect((await ask(ME, resign(token, 'another key'))).status).toBe(401);
  const other = closeLater(await startRegistry());
  const foreign = await loginAs(other.url, 'alice');
  expect((await ask(ME, foreign)).status).toBe(401);
});

test.each([
  ['a wrong password', { username: 'alice', password: 'bob' }, 401],
  ['an unknown name', { username: 'mallory', password: 'mallory' }, 401],
  ['no password', { username: 'alice' }, 400],
])('%s: no token', async (_name, login, status) => {
  const answer = await fetch(`${registry.url}/api/login`, { method: 'POST', body: JSON.stringify(login) });
  expect(answer.status).toBe(status);
  expect(await answer.json()).not.toHaveProperty('token');
});

test('credentials in AWS’s form, for signed-in users', async () => {
  const url = `${registry.url}/api/auth/get_credentials`;
  expect((await fetch(url)).status).toBe(401);
  const token = await loginAs(registry.url, 'bob');
  const answer = await jsonOf(await fetch(url, { headers: { authorization: `Bearer ${token}` } }));
  expect(Object.keys(answer).sort()).toEqual(['AccessKeyId', 'Expiration', 'SecretAccessKey', 'SessionToken']);
  expect(Date.parse(answer.Expiration)).toBeGreaterThan(Date.now());
});

test('its buckets can be chosen', async () => {
  const other = closeLater(await startRegistry({ buckets: 'one-bucket, another-bucket,' }));
  const answer = await fetch(`${other.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await loginAs(other.url, 'carol')}` },
    body: JSON.stringify({ query: '{ bucketConfigs { name } }' }),
  });
  expect(await answer.json()).toEqual({
    data: { bucketConfigs: [{ name: 'one-bucket' }, { name: 'another-bucket' }] },
  });
});

test('a query it does not understand is an error of GraphQL, and no crash', async () => {
  const { body } = await ask('{ packages { name } }', await loginAs(registry.url, 'alice'));
  expect(body.errors).toHaveLength(1);
  expect((await ask(ME)).status).toBe(200);
});
