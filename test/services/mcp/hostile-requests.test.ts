import { bearer, INITIALIZE, modern, openSession, post, TOOLS_LIST } from '../support/rpc.ts';
import { type ServiceUnderTest, startMcp } from '../support/running-services.ts';
import { makeTrust } from '../support/trust-fixture.ts';

let service: ServiceUnderTest;
let url: string;
let token: { authorization: string };

beforeAll(async () => {
  const trust = await makeTrust();
  service = await startMcp(trust);
  url = `${service.url}/mcp`;
  token = bearer((await trust.mint()).token);
});
afterAll(() => service.stop());

/** So deep that a schema that calls itself for each level runs out of stack. */
function nested(levels: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value;
}

const META = {
  progressToken: [{}, null, 1.5, [], true],
  'io.modelcontextprotocol/related-task': [5, {}, 'x', null],
};

test.each(Object.entries(META))('an invalid %s is refused, and nothing waits forever', async (name, values) => {
  const session = { ...(await openSession(url)), ...token };
  for (const value of values) {
    for (const method of ['tools/list', 'tools/call']) {
      const { message, headers } = modern(method, method === 'tools/call' ? { name: 'discover_buckets' } : {});
      const params = message.params as { readonly _meta: object };
      const changed = { ...message, params: { ...params, _meta: { ...params._meta, [name]: value } } };
      expect((await post(url, changed, { ...headers, ...token })).message.error.code).toBeLessThan(0);
      await post(url, { ...TOOLS_LIST, method, params: { _meta: { [name]: value } } }, session);
    }
  }
});

test('a deeply nested body is 400 with a token, 401 without, and no error of the service', async () => {
  const deep = nested(3000);
  const { message, headers } = modern('server/discover');
  const params = message.params as { readonly _meta: object };
  const capabilities = { 'io.modelcontextprotocol/clientCapabilities': { experimental: deep } };
  const requests = [
    [{ ...message, params: { ...params, _meta: { ...params._meta, ...capabilities } } }, headers],
    [{ ...INITIALIZE, params: { ...INITIALIZE.params, capabilities: { experimental: deep } } }, {}],
    [{ ...TOOLS_LIST, params: { deep } }, {}],
  ] as const;
  for (const [sent, shown] of requests) {
    const answer = await post(url, sent, { ...shown, ...token });
    expect([answer.status, answer.message.error.data.reason]).toEqual([400, 'request_invalid']);
    expect((await post(url, sent, shown)).status).toBe(401);
  }
  expect(service.log.ofEvent('request_failed')).toEqual([]);
});

test('what is nested as deep as real arguments are is served', async () => {
  const { message, headers } = modern('tools/list');
  const params = { ...(message.params as object), padding: 'x'.repeat(1000), deep: nested(100) };
  expect((await post(url, { ...message, params }, { ...headers, ...token })).status).toBe(200);
});

test('an initialize that lacks what it needs is 400, in our own words', async () => {
  const answer = await post(url, { ...INITIALIZE, params: { protocolVersion: 7 } });
  expect([answer.status, answer.message.error.data.reason]).toEqual([400, 'request_invalid']);
});
