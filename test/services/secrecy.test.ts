import { generateSecret } from '../../auth/generate-secret.ts';
import { startRegistry } from '../../local/registry/server.ts';
import { decode, resign, sign } from '../auth/forge.ts';
import { BundledService, buildServices } from './support/bundled-service.ts';
import { closeAfterEach } from './support/close-after-each.ts';
import { loginAs } from './support/registry-login.ts';
import { bearer, callTool, INITIALIZE, modern, post, TOOLS_LIST } from './support/rpc.ts';
import { catalogEnvironment, mcpEnvironment } from './support/running-services.ts';
import { makeTrust } from './support/trust-fixture.ts';

const closeLater = closeAfterEach();
const TRACE = { LOG_LEVEL: 'trace' };

beforeAll(buildServices);

/** What must not be in any output: the parts of tokens, and a secret in both of its spellings. */
const partsOf = (token: string): string[] => token.split('.').slice(1);
const spellingsOf = (secret: string): string[] => [secret, Buffer.from(secret).toString('base64url')];

async function stopped(service: BundledService): Promise<string> {
  service.signal('SIGTERM');
  expect(await service.exited).toBe(0);
  return service.output;
}

test('the MCP service logs no token and no secret, whatever is thrown at it', async () => {
  const trust = await makeTrust();
  const { token } = await trust.mint();
  const { header, payload } = decode(token);
  const service = closeLater(new BundledService('mcp', mcpEnvironment(trust, TRACE)));
  const url = `${await service.listening()}/mcp`;
  const shown = [
    token,
    `${token}x`,
    resign(token, generateSecret()),
    sign({ ...header, alg: 'HS512' }, payload, trust.secret, 'sha512'),
    sign(header, { ...payload, exp: 1, iat: 0, nbf: 0 }, trust.secret),
    sign({ ...header, kid: token.split('.')[1] }, payload, trust.secret),
    sign(header, { ...payload, sub: undefined }, trust.secret),
    trust.secret,
  ];
  const list = modern('tools/list');
  for (const each of shown) {
    await post(url, INITIALIZE, bearer(each));
    await post(url, callTool('jwt_diagnostics'), bearer(each));
    await post(url, list.message, { ...list.headers, ...bearer(each) });
    await post(url, TOOLS_LIST, { authorization: `Basic ${each}` });
    await post(`${url}?access_token=${each}`, TOOLS_LIST);
    await fetch(`${url}/${each}`);
    await fetch(url, { method: 'DELETE', headers: bearer(each) });
    await post(url, `{"token":"${each}"`, bearer(token));
    await post(url, { jsonrpc: '2.0', id: each, method: each }, bearer(token));
    await post(url, callTool(each, { each }), bearer(token));
    await post(url, list.message, { ...list.headers, ...bearer(token), 'mcp-method': each });
    await post(url, [callTool('discover_buckets'), { each }], bearer(token));
  }
  const output = await stopped(service);
  expect(output).toContain('authentication_failed');
  expect(output).toContain('protocol_error');
  expect(output).toContain('"cacheHit":true');
  for (const mark of [...shown.slice(0, -1).flatMap(partsOf), ...spellingsOf(trust.secret)]) {
    expect(output.includes(mark)).toBe(false);
  }
});

test('the catalog logs no login, no token and no secret, whatever is thrown at it', async () => {
  const trust = await makeTrust();
  const registry = closeLater(await startRegistry());
  const service = closeLater(new BundledService('catalog', catalogEnvironment(trust, registry.url, TRACE)));
  const url = await service.listening();
  const login = await loginAs(registry.url, 'alice');
  const endpoint = `${url}/api/auth/mcp_token`;
  const { token } = (await (await fetch(endpoint, { method: 'POST', headers: bearer(login) })).json()) as {
    token: string;
  };
  const shown = [login, token, resign(login, 'another key'), `${login}x`];
  for (const each of shown) {
    await fetch(endpoint, { method: 'POST', headers: bearer(each) });
    await fetch(endpoint, { method: 'POST', headers: { authorization: `Basic ${each}` } });
    await fetch(`${endpoint}?token=${each}`, { method: 'POST', body: each });
    await fetch(`${url}/${each}`);
    await fetch(endpoint, { headers: bearer(each) });
  }
  await registry.close();
  await fetch(endpoint, { method: 'POST', headers: bearer(login) });
  const output = await stopped(service);
  for (const event of ['token_minted', 'login_required', 'registry_unreachable']) expect(output).toContain(event);
  for (const mark of [...shown.flatMap(partsOf), ...spellingsOf(trust.secret)])
    expect(output.includes(mark)).toBe(false);
});
