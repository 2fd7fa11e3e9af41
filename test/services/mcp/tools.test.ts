import * as z from 'zod';
import { authorizeRoles, missingPermissions } from '../../../auth/authorization.ts';
import { defaultRoles, type Permission } from '../../../auth/default-roles.ts';
import { TOOLS } from '../../../services/mcp/tools/all-tools.ts';
import { defineTool } from '../../../services/mcp/tools/define-tool.ts';
import { type EndpointUnderTest, startEndpoint } from '../support/mcp-endpoint.ts';
import { bearer, callTool, openSession, post } from '../support/rpc.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

const ran: string[] = [];
let trust: Trust;
let server: EndpointUnderTest;

/** Tools that say that they ran, to see the wall in front of them. */
const probe = (name: string, permissions: readonly Permission[]) =>
  defineTool({
    name,
    title: name,
    description: name,
    permissions,
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
  server = await startEndpoint(trust, [probe('write', ['s3:PutObject', 's3:PutObjectAcl']), probe('look', [])]);
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
  const result = await call('write', ['s3:PutObjectAcl', 's3:PutObject']);
  expect(result).toMatchObject({
    structuredContent: { done: true },
    content: [{ type: 'text', text: '{"done":true}' }],
  });
  expect(ran).toEqual(['write for alice']);
});

test('one missing permission refuses it, and the result says which (B05)', async () => {
  const result = await call('write', ['s3:PutObject']);
  expect(result.isError).toBe(true);
  expect(JSON.parse(result.content[0].text)).toEqual({
    error: 'permission_missing',
    message: 'Your role lacks s3:PutObjectAcl.',
  });
  expect(ran).toEqual([]);
  expect(server.log.lines.at(-1)).toMatchObject({ event: 'tool_refused', tool: 'write', sub: 'alice' });
});

test('arguments that break the schema never reach the tool', async () => {
  const result = await call('look', [], { word: 'too long a word' });
  expect(result.isError).toBe(true);
  expect(ran).toEqual([]);
});

test('a failing tool returns an error result without the cause, and the server keeps running', async () => {
  const result = await call('look', [], { word: 'fail' });
  expect(result.isError).toBe(true);
  expect(JSON.parse(result.content[0].text).error).toBe('internal_error');
  for (const text of [JSON.stringify(result), server.log.text]) expect(text).not.toContain('on fire');
  expect(server.log.ofEvent('tool_failed').at(-1)).toMatchObject({ error: { name: 'Error' } });
  expect(await call('look', [])).toMatchObject({ structuredContent: { done: true } });
});

test.each([
  ['discover_buckets', []],
  ['list_available_resources', []],
  ['bucket_objects_list', ['s3:ListBucket', 's3:GetBucketLocation']],
  ['bucket_object_info', ['s3:GetObject', 's3:GetObjectVersion']],
  ['bucket_object_text', ['s3:GetObject']],
  ['bucket_object_link', ['s3:GetObject']],
  ['bucket_objects_put', ['s3:PutObject', 's3:PutObjectAcl', 's3:AbortMultipartUpload']],
  ['packages_list', ['s3:ListBucket']],
  ['package_browse', ['s3:ListBucket', 's3:GetObject']],
  ['jwt_diagnostics', []],
  ['validate_jwt_token', []],
  ['session_diagnostics', []],
])('%s needs %j', (name, permissions) => {
  expect(TOOLS.find((tool) => tool.name === name)?.permissions).toEqual(permissions);
});

test('of the shipped roles readers cannot change anything, writers and administrators can use every tool', () => {
  const table = defaultRoles('example');
  const refused = (role: string) => {
    const permissions = authorizeRoles([role], table)?.permissions ?? [];
    return TOOLS.filter((tool) => missingPermissions(tool.permissions, permissions).length > 0).map(({ name }) => name);
  };
  expect(refused('ReadOnlyQuilt')).toEqual(['bucket_objects_put']);
  expect(refused('ReadWriteQuiltV2-example')).toEqual([]);
  expect(refused('AdminQuilt')).toEqual([]);
});
