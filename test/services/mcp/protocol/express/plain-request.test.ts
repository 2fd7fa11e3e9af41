import { classifyInboundRequest, isJSONRPCRequest } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import {
  isPlainLegacy,
  isPlainModern,
  isPlainRequest,
} from '../../../../../services/mcp/protocol/express/plain-request.ts';
import { bearer, modern, post } from '../../../support/rpc.ts';
import { startMcp } from '../../../support/running-services.ts';
import { makeTrust } from '../../../support/trust-fixture.ts';

const ENVELOPE = modern('tools/list').message.params as { readonly _meta: Readonly<Record<string, unknown>> };

/** A value that is right most of the time, and anything else at times. */
const mostly = (right: unknown) => fc.oneof({ weight: 8, arbitrary: fc.constant(right) }, anything);
const anything = fc.oneof(fc.jsonValue(), fc.constantFrom('2025-11-25', '2026-07-28', '2099-01-01', 'initialize', 1.5));
/** An object with the members of a right one, each of them mostly right, some left out, some more. */
const nearly = (right: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc
    .tuple(
      fc.record(right),
      fc.subarray(Object.keys(right), { maxLength: 1 }),
      fc.dictionary(fc.string(), anything, { maxKeys: 1 }),
    )
    .chain(([whole, less, more]) =>
      fc.boolean().map((touched) => (touched ? { ...without(whole, less), ...more } : whole)),
    );
function without(whole: Readonly<Record<string, unknown>>, less: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !less.includes(name)));
}

const RELATED_TASK = 'io.modelcontextprotocol/related-task';
const meta = nearly({
  ...Object.fromEntries(Object.entries(ENVELOPE._meta).map(([name, value]) => [name, mostly(value)])),
  progressToken: fc.oneof(fc.constant(undefined), fc.constant('token'), anything),
  [RELATED_TASK]: mostly(undefined),
});
const params = nearly({ name: mostly('a_tool'), _meta: fc.oneof(fc.constant(undefined), meta, anything) });
const method = fc.constantFrom('tools/call', 'tools/call', 'tools/call', 'tools/list', 'ping', 'initialize');
const message = nearly({
  jsonrpc: mostly('2.0'),
  id: fc.oneof(fc.integer(), fc.string(), anything),
  method,
  params: fc.oneof({ weight: 8, arbitrary: params }, { weight: 1, arbitrary: anything }),
});
const headers = nearly({
  'mcp-protocol-version': fc.constantFrom('2026-07-28', '2026-07-28', '2025-11-25', '1999-01-01'),
  'mcp-method': method,
  'mcp-name': fc.constantFrom('a_tool', 'a_tool', 'another'),
}).map((all) =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name.startsWith('mcp-'))
      .map(([name, value]) => [name, String(value)]),
  ),
);

type Headers = Readonly<Record<string, string>>;

const classify = (sent: unknown, shown: Headers) =>
  classifyInboundRequest({
    httpMethod: 'POST',
    ...(shown['mcp-protocol-version'] !== undefined && { protocolVersionHeader: shown['mcp-protocol-version'] }),
    ...(shown['mcp-method'] !== undefined && { mcpMethodHeader: shown['mcp-method'] }),
    ...(shown['mcp-name'] !== undefined && { mcpNameHeader: shown['mcp-name'] }),
    body: sent,
  });

test('what is plain in an era is a request of that era for the SDK too, or an envelope that it refuses', () => {
  const plain = { legacy: 0, modern: 0 };
  fc.assert(
    fc.property(message, headers, (sent, shown) => {
      if (!isPlainRequest(sent)) return;
      if (isPlainLegacy(sent, shown)) {
        plain.legacy += 1;
        expect(isJSONRPCRequest(sent)).toBe(true);
        expect(classify(sent, shown)).toMatchObject({ kind: 'legacy', reason: 'no-claim' });
      } else if (isPlainModern(sent, shown)) {
        plain.modern += 1;
        expect(isJSONRPCRequest(sent)).toBe(true);
        const route = classify(sent, shown);
        // The server itself refuses it in the same way: see the test over HTTP.
        if (route.kind === 'reject') expect([route.httpStatus, route.code]).toEqual([400, -32602]);
        else expect(route).toMatchObject({ kind: 'modern', classification: { revision: '2026-07-28' } });
      }
    }),
    { numRuns: 20_000 },
  );
  // Else nothing would have been compared.
  expect(Math.min(plain.legacy, plain.modern)).toBeGreaterThan(20);
});

test('the requests of real clients are plain', () => {
  const list = modern('tools/list');
  const call = modern('tools/call', { name: 'bucket_objects_list', arguments: {} });
  for (const { message: sent, headers: shown } of [list, call]) {
    expect(isPlainRequest(sent) && isPlainModern(sent, shown)).toBe(true);
  }
  for (const sent of [
    { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    { jsonrpc: '2.0', id: 'a', method: 'ping', params: {} },
  ]) {
    expect(isPlainRequest(sent) && isPlainLegacy(sent, { 'mcp-protocol-version': '2025-11-25' })).toBe(true);
  }
});

test('an invalid envelope: 400 with JSON-RPC’s error for parameters', async () => {
  const trust = await makeTrust();
  const service = await startMcp(trust);
  const token = bearer((await trust.mint()).token);
  const { message: good, headers: shown } = modern('tools/list');
  const broken = [{ clientInfo: {} }, { clientInfo: 'me' }, { clientCapabilities: { sampling: 7 } }];
  for (const change of broken) {
    const changed = Object.fromEntries(
      Object.entries(change).map(([name, value]) => [`io.modelcontextprotocol/${name}`, value]),
    );
    const answer = await post(
      `${service.url}/mcp`,
      { ...good, params: { _meta: { ...ENVELOPE._meta, ...changed } } },
      { ...shown, ...token },
    );
    expect([answer.status, answer.message.error.code]).toEqual([400, -32602]);
  }
  await service.stop();
});
