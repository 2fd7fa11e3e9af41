import * as z from 'zod';
import { TOOL_PERMISSIONS } from '../../../auth/tool-permissions.ts';
import { TOOLS } from '../../../services/mcp/tools/all-tools.ts';
import { defineTool } from '../../../services/mcp/tools/define-tool.ts';
import { type EndpointUnderTest, startEndpoint } from '../support/mcp-endpoint.ts';
import { bearer, callTool, openSession, post } from '../support/rpc.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

const ran: string[] = [];
let trust: Trust;
let server: EndpointUnderTest;

/** Tools under names that the permission table knows, or does not, to see the wall in front of them. */
const probe = (name: string) =>
  defineTool({
    name,
    title: name,
    description: name,
    input: z.object({ word: z.string().max(5).optional() }),
    output: z.object({ done: z.boolean() }),
    run: ({ principal: { claims } }, { word }) => {
      if (word === 'fail') throw new Error('the bucket is on fire');
      ran.push(`${name} for ${claims.sub}`);
      return { done: true };
    },
  });

beforeAll(async () => {
  trust = await makeTrust();
  server = await startEndpoint(
    trust,
    ['bucket_objects_put', 'not_in_the_table', 'list_available_resources'].map(probe),
  );
});
afterAll(() => server.stop());
beforeEach(() => ran.splice(0));

async function call(tool: string, permissions: readonly string[], args = {}) {
  const authorization = { level: 'write', roles: ['Writers'], permissions, buckets: [] } as const;
  const { token } = await trust.mint({ subject: 'alice', authorization });
  const url = `${server.url}/mcp`;
  const session = await openSession(url);
  return (await post(url, callTool(tool, args), { ...session, ...bearer(token) })).message.result;
}

test('a tool runs when the token has every permission it needs', async () => {
  const result = await call('bucket_objects_put', ['s3:PutObject', 's3:PutObjectAcl', 's3:AbortMultipartUpload']);
  expect(result).toMatchObject({
    structuredContent: { done: true },
    content: [{ type: 'text', text: '{"done":true}' }],
  });
  expect(ran).toEqual(['bucket_objects_put for alice']);
});

test('one missing permission refuses it, and the result says which (B05)', async () => {
  const result = await call('bucket_objects_put', ['s3:PutObject']);
  expect(result.isError).toBe(true);
  expect(JSON.parse(result.content[0].text)).toEqual({
    error: 'permission_missing',
    message: 'Your role lacks s3:PutObjectAcl, s3:AbortMultipartUpload.',
  });
  expect(ran).toEqual([]);
  expect(server.log.lines.at(-1)).toMatchObject({ event: 'tool_refused', tool: 'bucket_objects_put', sub: 'alice' });
});

test('a tool without an entry in the permission table is refused, whatever the token says (B05)', async () => {
  const result = await call('not_in_the_table', ['s3:PutObject']);
  expect(result.isError).toBe(true);
  expect(JSON.parse(result.content[0].text)).toMatchObject({ error: 'tool_not_listed' });
  expect(ran).toEqual([]);
});

test('arguments that break the schema never reach the tool', async () => {
  const result = await call('list_available_resources', [], { word: 'too long a word' });
  expect(result.isError).toBe(true);
  expect(ran).toEqual([]);
});

test('a tool that fails is an error inside the result, which does not tell why, and the server goes on', async () => {
  const result = await call('list_available_resources', [], { word: 'fail' });
  expect(result.isError).toBe(true);
  expect(JSON.parse(result.content[0].text).error).toBe('internal_error');
  for (const told of [JSON.stringify(result), server.log.text]) expect(told).not.toContain('on fire');
  expect(server.log.ofEvent('tool_failed').at(-1)).toMatchObject({ error: { name: 'Error' } });
  expect(await call('list_available_resources', [])).toMatchObject({ structuredContent: { done: true } });
});

test('every tool of the service has its entry in the permission table', () => {
  expect(TOOLS.filter(({ name }) => !TOOL_PERMISSIONS.has(name))).toEqual([]);
});
