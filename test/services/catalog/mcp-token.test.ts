import { importVerificationKeys } from '../../../auth/keys.ts';
import { verifyEnhancedToken } from '../../../auth/verify-enhanced-token.ts';
import { type LocalRegistry, startRegistry } from '../../../local/registry/server.ts';
import { readRegistryAccount } from '../../../services/catalog/registry-client.ts';
import { decode } from '../../auth/forge.ts';
import { jsonOf } from '../support/any-json.ts';
import { closeAfterEach } from '../support/close-after-each.ts';
import { brokenRegistry, holdRegistry } from '../support/held-registry.ts';
import { loginAs } from '../support/registry-login.ts';
import { bearer, callTool, openSession, post } from '../support/rpc.ts';
import { type ServiceUnderTest, startCatalog, startMcp } from '../support/running-services.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

const BUCKETS = 'quilt-local-genomes,quilt-local-images';
let trust: Trust;
let registry: LocalRegistry;
let catalog: ServiceUnderTest;

beforeAll(async () => {
  trust = await makeTrust();
  registry = await startRegistry({ buckets: BUCKETS });
  catalog = await startCatalog(trust, registry.url);
});
afterAll(() => Promise.all([catalog.stop(), registry.close()]));
const closeLater = closeAfterEach();

async function exchange(loginToken: string | undefined, url = catalog.url) {
  const headers = loginToken === undefined ? {} : { authorization: `Bearer ${loginToken}` };
  const answer = await fetch(`${url}/api/auth/mcp_token`, { method: 'POST', headers });
  return { status: answer.status, headers: answer.headers, body: await jsonOf(answer) };
}

test.each([
  ['alice', 'write', 'ReadWriteQuiltV2-local', 24, ['quilt-local-genomes', 'quilt-local-images']],
  ['bob', 'read', 'ReadOnlyQuilt', 20, ['quilt-local-images']],
  ['carol', 'admin', 'AdminQuilt', 28, ['*']],
])('%s gets a token of level %s (F01, F08)', async (name, level, role, permissions, buckets) => {
  const { status, body } = await exchange(await loginAs(registry.url, name));
  expect(status).toBe(200);
  const { claims } = await verifyEnhancedToken(body.token, await importVerificationKeys(trust.keySet));
  expect(claims).toMatchObject({ sub: name, level, roles: [role], buckets, token_type: 'enhanced' });
  expect(claims.permissions).toHaveLength(permissions);
  expect(body).toMatchObject({ level, roles: [role], permission_count: permissions, bucket_count: buckets.length });
});

test('the answer says what kind of token it is and when it ends, and is not to be stored (F03)', async () => {
  const { headers, body } = await exchange(await loginAs(registry.url, 'alice'));
  const { header, payload } = decode(body.token);
  expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: trust.keyId });
  expect(body).toMatchObject({
    token_type: 'enhanced',
    expires_at: payload.exp,
    expires_in: 3600,
    key_id: trust.keyId,
  });
  expect(headers.get('cache-control')).toBe('no-store');
});

test('lifetime is that of the configuration, never that of the login; every token has its own ID (F06)', async () => {
  const short = closeLater(await startCatalog(trust, registry.url, { QUILT_TOKEN_LIFETIME_SECONDS: '90' }));
  const login = await loginAs(registry.url, 'alice');
  const tokens = await Promise.all([exchange(login, short.url), exchange(login, short.url)]);
  const [one, other] = tokens.map(({ body }) => decode(body.token).payload);
  expect(Number(one?.exp) - Number(one?.iat)).toBe(90);
  expect(one?.jti).not.toBe(other?.jti);
  expect(one).toMatchObject({ iss: 'quilt-frontend', aud: 'quilt-mcp-server', nbf: one?.iat });
});

test('the MCP service accepts it, with the same counts (F09)', async () => {
  const mcp = closeLater(await startMcp(trust));
  const { body } = await exchange(await loginAs(registry.url, 'alice'));
  const url = `${mcp.url}/mcp`;
  const headers = { ...(await openSession(url)), ...bearer(body.token) };
  const { message } = await post(url, callTool('jwt_diagnostics'), headers);
  expect(message.result.structuredContent).toMatchObject({
    sub: 'alice',
    permission_count: 24,
    bucket_count: 2,
    role_count: 1,
  });
  expect(mcp.log.ofEvent('authenticated')).toHaveLength(1);
  expect(mcp.log.ofEvent('authenticated')[0]).toMatchObject({ permissionCount: 24, bucketCount: 2 });
  expect(catalog.log.ofEvent('token_minted').at(-1)).toMatchObject({
    sub: 'alice',
    permissionCount: 24,
    bucketCount: 2,
  });
});

describe('no token (F07)', () => {
  const refused = async (answer: Promise<Awaited<ReturnType<typeof exchange>>>) => {
    const { status, body, headers } = await answer;
    expect(body).not.toHaveProperty('token');
    expect(headers.get('cache-control')).toBe('no-store');
    return [status, body.error];
  };

  test('without a login, with a challenge', async () => {
    const { headers } = await exchange(undefined);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="quilt-catalog"');
    expect(await refused(exchange(undefined))).toEqual([401, 'login_required']);
  });

  test('for a login that the registry does not know', async () => {
    expect(await refused(exchange('garbage'))).toEqual([401, 'login_required']);
    expect((await exchange('garbage')).headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test('for an enhanced token in place of a login', async () => {
    expect(await refused(exchange((await trust.mint()).token))).toEqual([401, 'login_required']);
  });

  test('for a login that only ever was another registry’s', async () => {
    const other = await startRegistry();
    const foreign = await loginAs(other.url, 'alice');
    await other.close();
    expect(await refused(exchange(foreign))).toEqual([401, 'login_required']);
  });

  test('for a role that the table does not know', async () => {
    const QUILT_ROLES = JSON.stringify({ roles: { Other: { level: 'read', permissions: [], buckets: [] } } });
    const strict = closeLater(await startCatalog(trust, registry.url, { QUILT_ROLES }));
    expect(await refused(exchange(await loginAs(registry.url, 'bob'), strict.url))).toEqual([403, 'role_unknown']);
  });

  test('while the registry is away', async () => {
    const gone = await startRegistry();
    await gone.close();
    const lonely = closeLater(await startCatalog(trust, gone.url));
    expect(await refused(exchange('any', lonely.url))).toEqual([502, 'registry_unreachable']);
  });

  test.each([
    ['fails', 503, 'down', {}, 502, 'registry_unreachable'],
    ['answers with HTML', 200, '<html>', {}, 502, 'registry_answer_invalid'],
    ['answers with errors only', 200, '{"errors":[{"message":"x"}]}', {}, 502, 'registry_answer_invalid'],
    [
      'answers in another shape',
      200,
      '{"data":{"me":{"name":1},"bucketConfigs":[]}}',
      {},
      502,
      'registry_answer_invalid',
    ],
    [
      'redirects, which would carry the login away',
      307,
      '',
      { location: 'http://127.0.0.1:1/' },
      502,
      'registry_unreachable',
    ],
    ['does not know the login', 200, '{"data":{"me":null,"bucketConfigs":[]}}', {}, 401, 'login_required'],
    [
      'gives a name that no token can carry',
      200,
      JSON.stringify({ data: { me: { name: 'a\u0000b', role: { name: 'AdminQuilt' } }, bucketConfigs: [] } }),
      {},
      500,
      'token_claim_invalid',
    ],
  ])('when the registry %s', async (_name, status, text, headers, expected, error) => {
    const broken = closeLater(await brokenRegistry(status, text, headers));
    const service = closeLater(await startCatalog(trust, broken.url));
    expect(await refused(exchange('any', service.url))).toEqual([expected, error]);
    expect(service.log.ofEvent('token_refused')).toMatchObject([{ reason: error }]);
  });

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('for %s: 405 that names POST, and no CORS', async (method) => {
    const answer = await fetch(`${catalog.url}/api/auth/mcp_token`, {
      method,
      headers: { origin: 'https://evil.example' },
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

test('a registry that does not answer in time is unreachable', async () => {
  const held = closeLater(await holdRegistry(registry.url));
  await expect(readRegistryAccount(held.url, 'any', 20)).rejects.toMatchObject({
    code: 'registry_unreachable',
    message: expect.stringContaining('in time'),
  });
});
