import { bearer, INITIALIZE, openSession, post, TOOLS_LIST } from '../support/rpc.ts';
import { type ServiceUnderTest, startMcp } from '../support/running-services.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

let trust: Trust;
let service: ServiceUnderTest;
let url: string;
let authorization: Readonly<Record<string, string>>;

beforeAll(async () => {
  trust = await makeTrust();
  service = await startMcp(trust);
  url = `${service.url}/mcp`;
  authorization = { ...(await openSession(url)), ...bearer((await trust.mint()).token) };
});
afterAll(() => service.stop());

const LIMIT = 4 * 1024 * 1024;

test.each(['GET', 'PUT', 'OPTIONS'])('%s with a token: 405 that names POST and DELETE', async (method) => {
  const answer = await fetch(url, { method, headers: authorization });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, DELETE']);
  expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', error: { data: { reason: 'method_not_allowed' } } });
});

test.each(['text/plain', 'application/xml', 'application/jsonp'])('content type %s: 415', async (type) => {
  const answer = await post(url, TOOLS_LIST, { ...authorization, 'content-type': type });
  expect([answer.status, answer.message.error.data.reason]).toEqual([415, 'content_type_unsupported']);
});

test.each<[string, number, Readonly<Record<string, string>>]>([
  ['of the wrong content type', 415, { 'content-type': 'text/plain' }],
  ['without a session', 400, { 'mcp-session-id': '' }],
  ['of an unknown session', 404, { 'mcp-session-id': 'v1.unknown' }],
  ['in no form that the client accepts', 406, { accept: 'text/html' }],
  ['of an unknown protocol version', 400, { 'mcp-protocol-version': '2020-01-01' }],
])('a refusal of a request %s has its ID', async (_, status, headers) => {
  const answer = await post(url, { ...TOOLS_LIST, id: 'mine-7' }, { ...authorization, ...headers });
  expect([answer.status, answer.message.id]).toEqual([status, 'mine-7']);
});

test('content type with a charset is fine', async () => {
  const answer = await post(url, TOOLS_LIST, { ...authorization, 'content-type': 'application/json; charset=utf-8' });
  expect(answer.status).toBe(200);
});

test('invalid JSON: 400 with JSON-RPC’s parse error', async () => {
  const answer = await post(url, '{"jsonrpc":', authorization);
  expect([answer.status, answer.message.error.code, answer.message.id]).toEqual([400, -32700, null]);
});

test('a body of 4 MiB passes, one byte more gets 413', async () => {
  const padded = (length: number) => JSON.stringify(TOOLS_LIST).padEnd(length, ' ');
  expect((await post(url, padded(LIMIT), authorization)).status).toBe(200);
  const answer = await post(url, padded(LIMIT + 1), authorization);
  expect([answer.status, answer.message.error.data.reason]).toEqual([413, 'body_too_large']);
});

test.each([
  ['without a token', 'token_missing', async () => ({})],
  [
    'with an expired token',
    'token_expired',
    async () => bearer((await trust.mint({ lifetimeSeconds: 1, now: new Date(0) })).token),
  ],
])('a body that requires a token is not kept %s: 401, and the connection stays open', async (_what, reason, show) => {
  const long = JSON.stringify({ ...TOOLS_LIST, params: { padding: 'x'.repeat(64 * 1024) } });
  const answer = await post(url, long, await show());
  expect([answer.status, answer.message.error.data.reason]).toEqual([401, reason]);
  // The ID of the request was in what was not kept.
  expect([answer.message.id, answer.headers.get('connection')]).toEqual([null, 'keep-alive']);
  const opening = JSON.stringify(INITIALIZE).padEnd(64 * 1024 + 1, ' ');
  expect((await post(url, opening, await show())).status).toBe(401);
  expect((await post(url, ' '.repeat(LIMIT + 1), await show())).status).toBe(413);
});

test('a body without a declared length is counted as it comes', async () => {
  const chunk = new TextEncoder().encode(' '.repeat(64 * 1024));
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (sent > LIMIT) controller.close();
      else controller.enqueue(chunk);
      sent += chunk.length;
    },
  });
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...authorization, 'content-type': 'application/json' },
    body,
    duplex: 'half',
  } as RequestInit);
  expect(answer.status).toBe(413);
});

test.each(['/', '/mcp/healthz', '/mcp//', '/MCP', '/config.json'])('there is nothing at %s', async (path) => {
  expect((await fetch(`${service.url}${path}`)).status).toBe(404);
});
