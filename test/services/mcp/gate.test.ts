import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { base64url, decode, resign, sign } from '../../auth/forge.ts';
import {
  bearer,
  callTool,
  INITIALIZE,
  INITIALIZED,
  modern,
  openSession,
  PING,
  post,
  type SessionHeader,
  TOOLS_LIST,
} from '../support/rpc.ts';
import { type ServiceUnderTest, startMcp } from '../support/running-services.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

const METADATA = 'resource_metadata="https://quilt.example.org/.well-known/oauth-protected-resource/mcp"';

let trust: Trust;
let service: ServiceUnderTest;
let url: string;
let token: string;
let session: SessionHeader;

beforeAll(async () => {
  trust = await makeTrust();
  service = await startMcp(trust);
  url = `${service.url}/mcp`;
  ({ token } = await trust.mint());
  session = await openSession(url);
});
afterAll(() => service.stop());

const discover = modern('server/discover');
const modernList = modern('tools/list');

describe('without a token', () => {
  test.each([
    ['initialize', INITIALIZE, {}, 200],
    ['notifications/initialized', INITIALIZED, {}, 202],
    ['ping', PING, {}, 200],
    ['server/discover of the modern era', discover.message, discover.headers, 200],
  ])('%s is served (B06)', async (_name, message, headers, status) => {
    const answer = await post(url, message, { ...session, ...headers });
    expect(answer.status).toBe(status);
    expect(answer.message?.error).toBeUndefined();
  });

  test('the end of a session is not a matter of tokens', async () => {
    const answer = await fetch(url, { method: 'DELETE', headers: await openSession(url) });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['tools/list', TOOLS_LIST, {}],
    ['tools/list of the modern era', modernList.message, modernList.headers],
    ['tools/call', callTool('discover_buckets'), {}],
    ['another notification', { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }, {}],
    ['an unknown method', { jsonrpc: '2.0', id: 3, method: 'nothing/like-this' }, {}],
    ['a method that only looks open', { jsonrpc: '2.0', id: 3, method: 'Initialize' }, {}],
    ['a response', { jsonrpc: '2.0', id: 4, result: {} }, {}],
    ['a batch of open methods', [INITIALIZE, PING], {}],
    ['a batch that hides a call', [PING, callTool('discover_buckets')], {}],
    ['an open method in a header only', TOOLS_LIST, { 'mcp-method': 'initialize' }],
    ['what is no JSON', '{"method":"initialize"', {}],
    ['what is no JSON-RPC', '"initialize"', {}],
    ['null', 'null', {}],
  ])('%s gets 401 with a challenge without an error (B06, B21)', async (_name, message, headers) => {
    const answer = await post(url, message, { ...session, ...headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer realm="quilt-mcp", ${METADATA}`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.message).toMatchObject({ jsonrpc: '2.0', error: { data: { reason: 'token_missing' } } });
  });

  test('the JSON-RPC error carries the id of the request, null without one', async () => {
    expect((await post(url, TOOLS_LIST)).message.id).toBe('list-1');
    expect((await post(url, { ...TOOLS_LIST, id: 7 })).message.id).toBe(7);
    expect((await post(url, [TOOLS_LIST])).message.id).toBeNull();
  });

  test('a token in the query is not seen', async () => {
    const answer = await post(`${url}?access_token=${token}`, TOOLS_LIST);
    expect(answer.message.error.data.reason).toBe('token_missing');
  });

  test('a stream gets 401', async () => {
    const answer = await fetch(url, { headers: { accept: 'text/event-stream' } });
    expect(answer.status).toBe(401);
  });
});

describe('a token that must not pass', () => {
  const claimsOf = (changes: object) => ({ ...decode(token).payload, ...changes });
  const headerOf = (changes: object = {}) => ({ ...decode(token).header, ...changes });
  const forge = (claims: object, header: object = {}) => sign(headerOf(header), claimsOf(claims), trust.secret);
  /** Other claims under the signature of the good token. */
  const tampered = (changes: object) => {
    const [header, , signature] = token.split('.');
    return `${header}.${base64url(JSON.stringify(claimsOf(changes)))}.${signature}`;
  };
  const unsigned = (header: object) =>
    `${base64url(JSON.stringify(headerOf(header)))}.${base64url(JSON.stringify(claimsOf({})))}`;
  const past = Math.floor(Date.now() / 1000) - 7200;

  const bad: [name: string, make: () => string | Promise<string>, reason: string][] = [
    ['garbage (B01)', () => 'garbage', 'token_malformed'],
    ['an empty one', () => '', 'token_malformed'],
    ['tampered claims (B01)', () => tampered({ level: 'admin', scope: 'read write admin' }), 'token_signature_invalid'],
    [
      'a wrong secret under the right key ID (B01, B03)',
      () => resign(token, generateSecret()),
      'token_signature_invalid',
    ],
    ['expired (B01)', () => forge({ iat: past, nbf: past, exp: past + 3600 }), 'token_expired'],
    ['not valid yet', () => forge({ nbf: past + 9000, iat: past + 7200, exp: past + 10_800 }), 'token_not_yet_valid'],
    ['alg none (B01)', () => `${unsigned({ alg: 'none' })}.`, 'token_encoding_invalid'],
    ['alg none with a signature (B01)', () => forge({}, { alg: 'none' }), 'token_algorithm_not_allowed'],
    [
      'HS512 (B01)',
      () => sign(headerOf({ alg: 'HS512' }), claimsOf({}), trust.secret, 'sha512'),
      'token_algorithm_not_allowed',
    ],
    ['RS256 (B01)', () => rs256(), 'token_algorithm_not_allowed'],
    ['wrong audience (B02)', () => forge({ aud: 'somebody-else' }), 'token_audience_invalid'],
    ['wrong issuer (B02)', () => forge({ iss: 'somebody-else' }), 'token_issuer_invalid'],
    ['unknown key ID (B03)', () => forge({}, { kid: 'frontend-enhanced.AAAAAAAA' }), 'token_key_id_unknown'],
    ['no key ID (B03)', () => sign({ alg: 'HS256', typ: 'JWT' }, claimsOf({}), trust.secret), 'token_key_id_missing'],
    ['a basic token (F03)', () => forge({ token_type: 'basic' }), 'token_type_invalid'],
    ['a claim missing (B04)', () => forge({ permissions: undefined }), 'token_claim_missing'],
    ['compressed claims (F05)', () => forge({ permissions: undefined, p: 'abc' }), 'token_compressed_claims'],
    ['more than 8 KiB', () => `${unsigned({})}.${'A'.repeat(8200)}`, 'token_too_large'],
  ];

  async function rs256(): Promise<string> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return new SignJWT(claimsOf({})).setProtectedHeader({ ...headerOf(), alg: 'RS256' }).sign(privateKey);
  }

  test.each(bad)('%s: 401 with invalid_token and its reason', async (_name, make, reason) => {
    const shown = await make();
    const answer = await post(url, TOOLS_LIST, { authorization: `Bearer ${shown}` });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="quilt-mcp", error="invalid_token", error_description="[\x20-\x21\x23-\x5b\x5d-\x7e]+", resource_metadata="/,
    );
    expect(answer.message.error.data.reason).toBe(reason);
    expect(service.log.lines.at(-1)).toMatchObject({ event: 'authentication_failed', level: 'warn' });
    expect(service.log.lines.at(-1)?.reason).toBe(reason);
  });

  test.each([
    ['initialize', INITIALIZE, {}],
    ['notifications/initialized', INITIALIZED, {}],
    ['ping', PING, {}],
    ['server/discover', discover.message, discover.headers],
  ])('is refused with %s too', async (_name, message, headers) => {
    expect((await post(url, message, { ...headers, ...bearer('garbage') })).status).toBe(401);
  });

  test('is refused at the end of a session too', async () => {
    expect((await fetch(url, { method: 'DELETE', headers: bearer('garbage') })).status).toBe(401);
  });

  test('a scheme other than Bearer: 401 without an error attribute', async () => {
    const answer = await post(url, INITIALIZE, { authorization: 'Basic YWxpY2U6YWxpY2U=' });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="quilt-mcp", ${METADATA}`,
    ]);
    expect(answer.message.error.data.reason).toBe('authorization_scheme_unsupported');
  });
});

test('the scheme is read in any case (RFC 9110)', async () => {
  expect((await post(url, TOOLS_LIST, { ...session, authorization: `bEARER ${token}` })).status).toBe(200);
});

test('a token that is good is accepted with initialize as well', async () => {
  expect((await post(url, INITIALIZE, bearer(token))).status).toBe(200);
});

test('the log names the principal, with counts, and whether the token was cached (B07, B20)', async () => {
  const { token: fresh } = await trust.mint({ subject: 'frank' });
  const franks = await openSession(url);
  await post(url, TOOLS_LIST, { ...franks, ...bearer(fresh) });
  await post(url, TOOLS_LIST, { ...franks, ...bearer(fresh) });
  const [first, second] = service.log.ofEvent('authenticated').filter(({ sub }) => sub === 'frank');
  const known = {
    method: 'bearer',
    roles: ['ReadWriteQuiltV2-local'],
    permissionCount: 3,
    bucketCount: 2,
    keyId: trust.keyId,
  };
  expect(first).toMatchObject({ level: 'info', cacheHit: false, ...known });
  expect(second).toMatchObject({ level: 'debug', cacheHit: true, ...known });
});
