import type { AnyJson } from '../../support/any-json.ts';
import { bearer, callTool, modern, openSession, post, TOOLS_LIST } from '../../support/rpc.ts';
import { startMcp } from '../../support/running-services.ts';
import { makeTrust } from '../../support/trust-fixture.ts';

test('made-up tool names create no metric', async () => {
  const trust = await makeTrust();
  const service = await startMcp(trust);
  const url = `${service.url}/mcp`;
  const alice = bearer((await trust.mint()).token);
  const session = await openSession(url, alice);
  const called = modern('tools/call', { name: 'made-up', arguments: {} });
  await post(url, callTool('made-up'), { ...session, ...alice });
  await post(url, called.message, { ...called.headers, ...alice });
  await post(url, callTool('discover_buckets'), { ...session, ...alice });
  await service.stop();
  const tools = service.log.ofEvent('metrics').flatMap(({ Tool = [] }: AnyJson) => Tool);
  expect(tools).toEqual(['discover_buckets']);
  expect(service.log.text).not.toContain('made-up');
});

test('a task that ends has written all metrics, at log level warn too (B07, B11, B20)', async () => {
  const trust = await makeTrust();
  const service = await startMcp(trust, { LOG_LEVEL: 'warn', QUILT_DEPLOYMENT: 'quilt-test' });
  const url = `${service.url}/mcp`;
  const [alice, bob] = [bearer((await trust.mint()).token), bearer((await trust.mint({ subject: 'bob' })).token)];
  const session = await openSession(url, alice);
  await post(url, callTool('discover_buckets'), { ...session, ...alice });
  await post(url, callTool('bucket_object_text', { bucket: 'not-mine', key: 'a' }), { ...session, ...alice });
  const list = modern('tools/list');
  await post(url, list.message, { ...list.headers, ...bob });
  await post(url, TOOLS_LIST);
  await post(url, TOOLS_LIST, bearer('garbage'));
  await service.stop();

  const lines: readonly AnyJson[] = service.log.ofEvent('metrics');
  const [all] = lines;
  expect(all).toMatchObject({
    Deployment: 'quilt-test',
    RequestsAccepted: 4,
    TokenVerifications: 2,
    TokenCacheHits: 2,
    RequestsRefused: 2,
    ToolCalls: 2,
    ToolCallsRefused: 1,
    ToolCallsFailed: 0,
    TaskRoleFallbacks: 0,
  });
  const linesOf = (member: string, value: string) => lines.filter((line) => line[member] === value);
  expect(linesOf('Tool', 'discover_buckets')).toMatchObject([{ ToolCalls: 1, ToolDuration: { Count: 1 } }]);
  expect(linesOf('Reason', 'bucket_not_in_token')).toMatchObject([{ ToolCallsRefused: 1 }]);
  expect(linesOf('Reason', 'token_missing')).toMatchObject([{ RequestsRefused: 1 }]);
  expect(linesOf('Reason', 'token_malformed')).toMatchObject([{ RequestsRefused: 1 }]);
});
