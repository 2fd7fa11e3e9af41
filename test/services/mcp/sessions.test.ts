import { bearer, callTool, INITIALIZE, INITIALIZED, openSession, PING, post, TOOLS_LIST } from '../support/rpc.ts';
import { type ServiceUnderTest, startMcp } from '../support/running-services.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

let trust: Trust;
let tasks: ServiceUnderTest[];
let urls: string[];
let alice: { authorization: string };
let bob: { authorization: string };

beforeAll(async () => {
  trust = await makeTrust();
  tasks = await Promise.all([startMcp(trust), startMcp(trust)]);
  urls = tasks.map(({ url }) => `${url}/mcp`);
  alice = bearer((await trust.mint({ subject: 'alice' })).token);
  bob = bearer((await trust.mint({ subject: 'bob' })).token);
});
afterAll(() => Promise.all(tasks.map((task) => task.stop())));

const [first, second] = [() => urls[0] ?? '', () => urls[1] ?? ''];
const reasonOf = (answer: Awaited<ReturnType<typeof post>>) => [answer.status, answer.message?.error?.data?.reason];

test('initialize gives a session ID, and the next requests need it: 400 without one', async () => {
  const session = await openSession(first());
  expect(session['mcp-session-id']).toMatch(/^v1\./);
  expect((await post(first(), TOOLS_LIST, { ...session, ...alice })).status).toBe(200);
  expect(reasonOf(await post(first(), TOOLS_LIST, alice))).toEqual([400, 'session_missing']);
  expect(reasonOf(await post(first(), PING))).toEqual([400, 'session_missing']);
});

test('a session ID is accepted by another task, from the notification on (B26)', async () => {
  const session = await openSession(first());
  expect((await post(second(), INITIALIZED, session)).status).toBe(202);
  expect((await post(second(), TOOLS_LIST, { ...session, ...alice })).status).toBe(200);
});

test('no session opens anything by itself: 401 without a token, on the task that knows it and on the other (B24)', async () => {
  const session = await openSession(first(), alice);
  expect((await post(first(), TOOLS_LIST, { ...session, ...alice })).status).toBe(200);
  for (const url of urls) expect(reasonOf(await post(url, TOOLS_LIST, session))).toEqual([401, 'token_missing']);
});

test.each(['made-up', 'v1.2025-11-25.1000000000.AAAAAAAAAAAAAAAAAAAAAA.-'])(
  'a session that ended or never existed: 404, so that the client starts a new one (B09)',
  async (id) => {
    const answer = await post(first(), TOOLS_LIST, { 'mcp-session-id': id, ...alice });
    expect(reasonOf(answer)).toEqual([404, 'session_unknown']);
    expect(answer.message).toMatchObject({ id: 'list-1', error: { code: -32001 } });
  },
);

test('a bad token is 401 in any session, never 404 or 400', async () => {
  for (const id of ['made-up', (await openSession(first()))['mcp-session-id']]) {
    const answer = await post(first(), TOOLS_LIST, { 'mcp-session-id': id, ...bearer('garbage') });
    expect(answer.status).toBe(401);
  }
});

test('another user’s session: 403 with a challenge, on every task when initialize carried a token (B10)', async () => {
  const session = await openSession(first(), alice);
  for (const url of urls) {
    const answer = await post(url, TOOLS_LIST, { ...session, ...bob });
    expect(reasonOf(answer)).toEqual([403, 'session_foreign']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="quilt-mcp".*error="insufficient_scope"/);
  }
  expect((await post(second(), TOOLS_LIST, { ...session, ...alice })).status).toBe(200);
});

test('a session begun without a token belongs to the first user with one, and refuses others on that task (B12)', async () => {
  const session = await openSession(first());
  const { message } = await post(first(), callTool('jwt_diagnostics'), { ...session, ...alice });
  expect(message.result.structuredContent.sub).toBe('alice');
  expect((await post(first(), TOOLS_LIST, { ...session, ...bob })).status).toBe(403);
});

test('a new token on a session is verified and used, and a line says so (B10)', async () => {
  const session = await openSession(first());
  const roles = async (authorization: { authorization: string }) => {
    const { message } = await post(first(), callTool('jwt_diagnostics'), { ...session, ...authorization });
    return message.result.structuredContent.roles;
  };
  const authorization = { level: 'read', roles: ['Promoted'], permissions: [], buckets: [] } as const;
  const promoted = bearer((await trust.mint({ subject: 'alice', authorization })).token);
  expect(await roles(alice)).toEqual(['ReadWriteQuiltV2-local']);
  expect(await roles(promoted)).toEqual(['Promoted']);
  expect(tasks[0]?.log.ofEvent('session_token_changed').at(-1)).toMatchObject({ sub: 'alice', keyId: trust.keyId });
  expect((await post(first(), TOOLS_LIST, { ...session, ...bearer('garbage') })).status).toBe(401);
});

test('DELETE ends a session, for its owner or without a token', async () => {
  const session = await openSession(first(), alice);
  const end = (headers: Record<string, string>) => fetch(first(), { method: 'DELETE', headers });
  expect((await end({ ...session, ...bob })).status).toBe(403);
  expect((await end({ ...session, ...alice })).status).toBe(200);
  expect((await post(first(), TOOLS_LIST, { ...session, ...alice })).status).toBe(404);
  expect((await end({})).status).toBe(400);
});

test('a protocol version that no session has: 400', async () => {
  const session = await openSession(first());
  const answer = await post(first(), TOOLS_LIST, { ...session, ...alice, 'mcp-protocol-version': '1999-01-01' });
  expect(reasonOf(answer)).toEqual([400, 'protocol_version_unsupported']);
});

async function openOlderSession() {
  const params = { ...INITIALIZE.params, protocolVersion: '2025-03-26' };
  const answer = await post(first(), { ...INITIALIZE, params });
  expect(answer.message.result.protocolVersion).toBe('2025-03-26');
  return { 'mcp-session-id': answer.headers.get('mcp-session-id') ?? '' };
}

test('an older protocol version is kept through its session, on any task', async () => {
  const session = await openOlderSession();
  const { message } = await post(second(), callTool('session_diagnostics'), { ...session, ...alice });
  expect(message.result.structuredContent.protocol_version).toBe('2025-03-26');
});

test('a batch, which 2025-03-26 has, is served under one token', async () => {
  const session = await openOlderSession();
  const answer = await fetch(first(), {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...session,
      ...alice,
    },
    body: JSON.stringify([PING, { ...TOOLS_LIST, id: 'list-2' }]),
  });
  const text = await answer.text();
  expect(answer.status).toBe(200);
  expect(text).toContain('"list-2"');
  expect(text).toContain('"id":2');
});

test('a batch of another version, or a large one, is refused: everything in it would run at once', async () => {
  const older = { ...(await openOlderSession()), ...alice };
  const newer = { ...(await openSession(first())), ...alice };
  const pings = (count: number) => Array.from({ length: count }, (_, id) => ({ ...PING, id }));
  expect(reasonOf(await post(first(), pings(2), newer))).toEqual([400, 'request_invalid']);
  expect(reasonOf(await post(first(), pings(11), older))).toEqual([400, 'request_invalid']);
  expect((await post(first(), pings(10), older)).status).toBe(200);
});
