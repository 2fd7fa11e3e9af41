import { bearer, callTool, INITIALIZE, openSession, post, TOOLS_LIST } from '../../support/rpc.ts';
import { type ServiceUnderTest, startMcp } from '../../support/running-services.ts';
import { makeTrust, type Trust } from '../../support/trust-fixture.ts';

const ORIGIN = 'https://assistant.example.org';
const PAGE = { origin: ORIGIN };
const METADATA = 'https://quilt.example.org/.well-known/oauth-protected-resource';
const READABLE = {
  'access-control-allow-origin': ORIGIN,
  'access-control-expose-headers': expect.stringMatching(/mcp-session-id.*www-authenticate/),
  vary: 'origin',
};

let trust: Trust;
let service: ServiceUnderTest;
let url: string;
let alice: { authorization: string };
let bob: { authorization: string };

beforeAll(async () => {
  trust = await makeTrust();
  service = await startMcp(trust, { QUILT_ALLOWED_ORIGINS: JSON.stringify([ORIGIN]) });
  url = `${service.url}/mcp`;
  alice = bearer((await trust.mint({ subject: 'alice' })).token);
  bob = bearer((await trust.mint({ subject: 'bob' })).token);
});
afterAll(() => service.stop());

test('a page of an allowed origin does all that a client does', async () => {
  const begun = await post(url, INITIALIZE, { ...PAGE, ...alice });
  expect([begun.status, Object.fromEntries(begun.headers)]).toEqual([200, expect.objectContaining(READABLE)]);
  const session = { 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
  const listed = await post(url, TOOLS_LIST, { ...PAGE, ...session, ...alice });
  expect([listed.status, Object.fromEntries(listed.headers)]).toEqual([200, expect.objectContaining(READABLE)]);
  const ended = await fetch(url, { method: 'DELETE', headers: { ...PAGE, ...session, ...alice } });
  expect([ended.status, Object.fromEntries(ended.headers)]).toEqual([200, expect.objectContaining(READABLE)]);
});

test('its browser asks first, without a token, and is answered', async () => {
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
  const answer = await fetch(url, { method: 'OPTIONS', headers: { ...PAGE, ...asked } });
  expect([answer.status, Object.fromEntries(answer.headers)]).toEqual([
    204,
    expect.objectContaining({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'x-quilt-task': expect.any(String),
    }),
  ]);
});

describe('it may read why it was refused (B21)', () => {
  const cases: [what: string, ask: () => ReturnType<typeof post>, status: number, reason: string][] = [
    ['without a token', () => post(url, TOOLS_LIST, PAGE), 401, 'token_missing'],
    ['with a bad token', () => post(url, TOOLS_LIST, { ...PAGE, ...bearer('none') }), 401, 'token_malformed'],
    [
      'on the session of another user',
      async () => post(url, TOOLS_LIST, { ...PAGE, ...bob, ...(await openSession(url, alice)) }),
      403,
      'session_foreign',
    ],
    [
      'on a session that never was',
      () => post(url, TOOLS_LIST, { ...PAGE, ...alice, 'mcp-session-id': 'never' }),
      404,
      'session_unknown',
    ],
    ['without a session', () => post(url, TOOLS_LIST, { ...PAGE, ...alice }), 400, 'session_missing'],
    [
      'with a body that is too large',
      () => post(url, ' '.repeat(4 * 1024 * 1024 + 1), { ...PAGE, ...alice }),
      413,
      'body_too_large',
    ],
  ];

  test.each(cases)('%s', async (_what, ask, status, reason) => {
    const answer = await ask();
    expect([answer.status, answer.message.error.data.reason]).toEqual([status, reason]);
    expect(Object.fromEntries(answer.headers)).toMatchObject(READABLE);
  });
});

test('a page of any other origin gets 403 and runs nothing, whatever token it has', async () => {
  const answer = await post(url, callTool('discover_buckets'), { origin: 'https://attacker.example', ...alice });
  expect([answer.status, answer.message.error.data.reason]).toEqual([403, 'origin_not_allowed']);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

test('/healthz is open to the load balancer, which asks by address', async () => {
  const answer = await fetch(`${service.url}/healthz`, { headers: { host: '10.0.1.17:8080' } });
  expect(answer.status).toBe(200);
});

describe('a challenge names the metadata of the URL that was asked (B27)', () => {
  test.each([
    ['/mcp', {}, `Bearer realm="quilt-mcp", resource_metadata="${METADATA}/mcp"`],
    ['/mcp/', {}, `Bearer realm="quilt-mcp", resource_metadata="${METADATA}/mcp/"`],
    [
      '/mcp',
      bearer('none'),
      expect.stringMatching(/^Bearer realm="quilt-mcp", error="invalid_token", error_description="[^"]+", resource_m/),
    ],
  ])('at %s with %j', async (path, headers, challenge) => {
    const answer = await post(`${service.url}${path}`, TOOLS_LIST, headers);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge]);
  });

  test.each(['/mcp', '/mcp/', ''])('which is served for %j', async (path) => {
    const answer = await fetch(`${service.url}/.well-known/oauth-protected-resource${path}`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({
        resource: `https://quilt.example.org${path || '/mcp'}`,
        scopes_supported: ['read', 'write', 'admin'],
      }),
    ]);
  });
});
