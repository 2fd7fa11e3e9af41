import { Client, type FetchLike, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { TOOLS } from '../../../services/mcp/tools/all-tools.ts';
import { bearer, callTool, INITIALIZE, modern, openSession, post, TOOLS_LIST } from '../support/rpc.ts';
import { type ServiceUnderTest, startMcp } from '../support/running-services.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

let trust: Trust;
let service: ServiceUnderTest;
let token: string;

beforeAll(async () => {
  trust = await makeTrust();
  service = await startMcp(trust);
  ({ token } = await trust.mint());
});
afterAll(() => service.stop());

const eras = [
  ['legacy', 'legacy' as const],
  ['modern', { pin: '2026-07-28' } as const],
  ['negotiated', 'auto' as const],
] as const;

async function withClient<T>(
  mode: (typeof eras)[number][1],
  options: { path?: string; fetch?: FetchLike },
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const url = new URL(`${service.url}${options.path ?? '/mcp'}`);
  const authProvider = { token: async () => token };
  const transport = new StreamableHTTPClientTransport(url, {
    authProvider,
    ...(options.fetch && { fetch: options.fetch }),
  });
  await client.connect(transport);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

describe.each(eras)('a real client in the %s era', (_name, mode) => {
  test.each(['/mcp', '/mcp/'])('works at %s (B22)', async (path) => {
    await withClient(mode, { path }, async (client) => {
      expect(client.getServerVersion()).toMatchObject({ name: 'quilt-mcp', version: '1.2.3' });
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
    });
  });

  test('discovers the buckets of its token', async () => {
    const result = await withClient(mode, {}, (client) => client.callTool({ name: 'discover_buckets', arguments: {} }));
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toEqual({ buckets: ['bucket-one', 'bucket-two'], count: 2, level: 'write' });
  });

  test('sees its own claims, and no token text (B04, B17)', async () => {
    const result = await withClient(mode, {}, (client) => client.callTool({ name: 'jwt_diagnostics', arguments: {} }));
    expect(result.structuredContent).toMatchObject({
      sub: 'alice',
      iss: 'quilt-frontend',
      aud: 'quilt-mcp-server',
      token_type: 'enhanced',
      level: 'write',
      roles: ['ReadWriteQuiltV2-local'],
      role_count: 1,
      permission_count: 3,
      bucket_count: 2,
      key_id: trust.keyId,
    });
    for (const part of token.split('.')) expect(JSON.stringify(result)).not.toContain(part);
  });

  test('gets an error for a tool that does not exist', async () => {
    const call = withClient(mode, {}, (client) => client.callTool({ name: 'no_such_tool', arguments: {} }));
    await expect(call).rejects.toThrow(/no_such_tool/);
  });
});

test('a client may begin without a token and use one from then on (B06, B12)', async () => {
  const seen: { method: string; authorized: boolean }[] = [];
  const tokenlessStart: FetchLike = async (url, init) => {
    const headers = new Headers(init?.headers);
    const method = init?.method === 'POST' ? JSON.parse(String(init.body)).method : (init?.method ?? 'GET');
    if (method === 'initialize' || method === 'notifications/initialized') headers.delete('authorization');
    seen.push({ method, authorized: headers.has('authorization') });
    return fetch(url, { ...init, headers });
  };
  const { tools } = await withClient('legacy', { fetch: tokenlessStart }, (client) => client.listTools());
  expect(tools).toHaveLength(TOOLS.length);
  expect(seen).toContainEqual({ method: 'initialize', authorized: false });
  expect(seen).toContainEqual({ method: 'notifications/initialized', authorized: false });
  expect(seen).toContainEqual({ method: 'tools/list', authorized: true });
});

test('two people see their own buckets only, request by request (B24)', async () => {
  const people = ['alice', 'bob', 'carol', 'dave'];
  const tokens = await Promise.all(
    people.map((subject) =>
      trust.mint({
        subject,
        authorization: { level: 'read', roles: ['Readers'], permissions: [], buckets: [`of-${subject}`] },
      }),
    ),
  );
  const calls = Array.from({ length: 80 }, (_, index) => index % people.length);
  const url = `${service.url}/mcp`;
  const sessions = await Promise.all(tokens.map(() => openSession(url)));
  const answers = await Promise.all(
    calls.map((who) =>
      post(url, callTool('discover_buckets'), { ...sessions[who], ...bearer(tokens[who]?.token ?? '') }),
    ),
  );
  const buckets = answers.map(({ message }) => message.result.structuredContent.buckets);
  expect(buckets).toEqual(calls.map((who) => [`of-${people[who]}`]));
});

test('an administrator sees * as such', async () => {
  const admin = await trust.mint({
    authorization: { level: 'admin', roles: ['AdminQuilt'], permissions: [], buckets: ['*'] },
  });
  const url = `${service.url}/mcp`;
  const headers = { ...(await openSession(url)), ...bearer(admin.token) };
  const { message } = await post(url, callTool('discover_buckets'), headers);
  expect(message.result.structuredContent).toEqual({ buckets: ['*'], count: 1, level: 'admin' });
});

test('counts in token, log and diagnostics are equal (F09)', async () => {
  const buckets = Array.from({ length: 32 }, (_, index) => `bucket-${index}`);
  const permissions = Array.from({ length: 24 }, (_, index) => `s3:Action${index}`);
  const big = await trust.mint({
    subject: 'erin',
    authorization: { level: 'write', roles: ['Writers'], permissions, buckets },
  });
  const url = `${service.url}/mcp`;
  const headers = { ...(await openSession(url)), ...bearer(big.token) };
  const { message } = await post(url, callTool('jwt_diagnostics'), headers);
  expect(message.result.structuredContent).toMatchObject({ role_count: 1, permission_count: 24, bucket_count: 32 });
  const line = service.log.ofEvent('authenticated').find(({ sub }) => sub === 'erin');
  expect(line).toMatchObject({ roles: ['Writers'], permissionCount: 24, bucketCount: 32, keyId: trust.keyId });
});

test('the modern era answers with one JSON document', async () => {
  const { message, headers } = modern('tools/call', { name: 'discover_buckets', arguments: {} });
  const answer = await post(`${service.url}/mcp`, message, { ...headers, ...bearer(token) });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.message.id).toBe('modern-1');
});

test('every request of either era says which task answered and which keys it accepts', async () => {
  const discover = modern('server/discover');
  const session = await openSession(`${service.url}/mcp`);
  const answers = await Promise.all([
    post(`${service.url}/mcp`, INITIALIZE),
    post(`${service.url}/mcp`, TOOLS_LIST),
    post(`${service.url}/mcp`, TOOLS_LIST, { ...session, ...bearer(token) }),
    post(`${service.url}/mcp`, discover.message, discover.headers),
    post(`${service.url}/mcp`, 'no json', bearer(token)),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 200, 200, 400]);
  expect(new Set(answers.map(({ headers }) => headers.get('x-quilt-task'))).size).toBe(1);
  expect(new Set(answers.map(({ headers }) => headers.get('x-quilt-key-ids')))).toEqual(new Set([trust.keyId]));
});
