import { TOKEN_CHECKS } from '../../../../services/mcp/diagnostics/token-checks.ts';
import { bucketObjectText } from '../../../../services/mcp/tools/bucket-object-text.ts';
import { bucketObjectsPut } from '../../../../services/mcp/tools/bucket-objects-put.ts';
import { discoverBuckets } from '../../../../services/mcp/tools/discover-buckets.ts';
import { jwtDiagnostics } from '../../../../services/mcp/tools/jwt-diagnostics.ts';
import { sessionDiagnostics } from '../../../../services/mcp/tools/session-diagnostics.ts';
import { validateJwtToken } from '../../../../services/mcp/tools/validate-jwt-token.ts';
import type { AnyJson } from '../../support/any-json.ts';
import { type EndpointUnderTest, noBuckets, startEndpoint } from '../../support/mcp-endpoint.ts';
import { bearer, callTool, modern, openSession, post } from '../../support/rpc.ts';
import { makeTrust, type Trust } from '../../support/trust-fixture.ts';

const OTHERS = [discoverBuckets, bucketObjectText, bucketObjectsPut];
const DIAGNOSTICS = [jwtDiagnostics, validateJwtToken, sessionDiagnostics];
const NAMES = DIAGNOSTICS.map(({ name }) => name);

let trust: Trust;
let server: EndpointUnderTest;
let url: string;

beforeAll(async () => {
  trust = await makeTrust();
  const accepted = ['frontend-enhanced.AAAAAAAA', trust.keyId];
  server = await startEndpoint(trust, [...OTHERS, ...DIAGNOSTICS], {
    buckets: { ...noBuckets, isReachable: (bucket) => bucket === 'bucket-one' },
    facts: { task: 'task-one', version: '1.2.3', keyIds: accepted, leewaySeconds: 10 },
  });
  url = `${server.url}/mcp`;
});
afterAll(() => server.stop());

async function callModern(name: string, token: string, args: object = {}): Promise<AnyJson> {
  const { message, headers } = modern('tools/call', { name, arguments: args });
  return (await post(url, message, { ...headers, ...bearer(token) })).message.result;
}

describe('jwt_diagnostics shows in one answer (B17)', () => {
  let answer: AnyJson;
  beforeAll(async () => {
    answer = (await callModern('jwt_diagnostics', (await trust.mint()).token)).structuredContent;
  });

  test('which key the token has, and which ones the task accepts', () => {
    expect(answer.key_id).toBe(trust.keyId);
    expect(answer.accepted_key_ids).toEqual(['frontend-enhanced.AAAAAAAA', trust.keyId]);
    expect(answer.key_accepted).toBe(true);
  });

  test('which permission each tool lacks', () => {
    expect(answer.tools).toEqual([
      { name: 'bucket_object_text', callable: true, missing_permissions: [] },
      {
        name: 'bucket_objects_put',
        callable: false,
        missing_permissions: ['s3:PutObjectAcl', 's3:AbortMultipartUpload'],
      },
      { name: 'discover_buckets', callable: true, missing_permissions: [] },
      { name: 'jwt_diagnostics', callable: true, missing_permissions: [] },
      { name: 'session_diagnostics', callable: true, missing_permissions: [] },
      { name: 'validate_jwt_token', callable: true, missing_permissions: [] },
    ]);
  });

  test('whether a bucket is in the token, and reachable', () => {
    expect([answer.every_bucket, answer.buckets]).toEqual([
      false,
      [
        { name: 'bucket-one', reachable: true },
        { name: 'bucket-two', reachable: false },
      ],
    ]);
  });

  test('the token’s lifetime, and by which clock', () => {
    expect(Date.parse(answer.expires_at) - Date.parse(answer.issued_at)).toBe(3_600_000);
    const left = Math.floor((Date.parse(answer.expires_at) - Date.parse(answer.server_time)) / 1000);
    expect([left, left + 1]).toContain(answer.expires_in_seconds);
    expect([answer.accepted_for_seconds - answer.expires_in_seconds, answer.leeway_seconds]).toEqual([10, 10]);
    expect(answer.age_seconds + answer.expires_in_seconds).toBe(3600);
  });
});

test('jwt_diagnostics shows an administrator every_bucket, and lists none', async () => {
  const authorization = { level: 'admin', roles: ['AdminQuilt'], permissions: [], buckets: ['*'] } as const;
  const { token } = await trust.mint({ authorization });
  const { structuredContent } = await callModern('jwt_diagnostics', token);
  expect(structuredContent).toMatchObject({ every_bucket: true, buckets: [], bucket_count: 1 });
});

describe('validate_jwt_token (B18)', () => {
  test('names every check of the own token, and when its signature was verified', async () => {
    const { token } = await trust.mint();
    const answers = [await callModern('validate_jwt_token', token), await callModern('validate_jwt_token', token)];
    for (const { structuredContent } of answers) {
      expect(structuredContent.valid).toBe(true);
      expect(structuredContent.checks.map(({ check }: AnyJson) => check)).toEqual(TOKEN_CHECKS);
      expect(structuredContent.checks.every(({ verdict }: AnyJson) => verdict === 'passed')).toBe(true);
    }
    expect(answers.map(({ structuredContent }) => structuredContent.verified)).toEqual([
      'for this request',
      'for an earlier request',
    ]);
  });

  test.each([
    ['token', (token: string) => ({ token })],
    ['anything else', (token: string) => ({ [token]: true })],
  ])('refuses a token in %s, and does not repeat it', async (_what, args) => {
    const [own, other] = [await trust.mint(), await trust.mint({ subject: 'bob' })];
    const result = await callModern('validate_jwt_token', own.token, args(other.token));
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toBeUndefined();
    expect(JSON.stringify(result)).toContain('takes no argument');
    for (const part of other.token.split('.')) expect(JSON.stringify(result)).not.toContain(part);
  });
});

describe('session_diagnostics (B19)', () => {
  test('in a session shows its version, its end and what bound it to the caller', async () => {
    const { token } = await trust.mint();
    const session = await openSession(url, bearer(token));
    const { message } = await post(url, callTool('session_diagnostics'), { ...session, ...bearer(token) });
    const answer = message.result.structuredContent;
    expect(answer).toMatchObject({
      era: 'legacy',
      protocol_version: '2025-11-25',
      session: { bound_by: 'initialize' },
      authentication: { method: 'bearer', sub: 'alice', cache_hit: true, key_id: trust.keyId },
      task: { id: 'task-one', version: '1.2.3' },
    });
    const { started_at, ends_at, ends_in_seconds } = answer.session;
    expect(Date.parse(ends_at) - Date.parse(started_at)).toBe(43_200_000);
    expect(ends_in_seconds).toBeGreaterThan(43_000);
  });

  test('in a session that began without a token shows that the first token bound it', async () => {
    const session = await openSession(url);
    const { token } = await trust.mint();
    const { message } = await post(url, callTool('session_diagnostics'), { ...session, ...bearer(token) });
    expect(message.result.structuredContent).toMatchObject({
      session: { bound_by: 'first token' },
      authentication: { cache_hit: false },
    });
  });

  test('in the modern era shows no session', async () => {
    const { structuredContent } = await callModern('session_diagnostics', (await trust.mint()).token);
    expect(structuredContent).toMatchObject({ era: 'modern', protocol_version: '2026-07-28', session: null });
  });
});

test.each(NAMES)('%s shows the own state only, without the text of a token or a session (B24)', async (name) => {
  const people = await Promise.all(['alice', 'bob'].map((subject) => trust.mint({ subject })));
  const sessions = await Promise.all(people.map(({ token }) => openSession(url, bearer(token))));
  const answers = await Promise.all(
    people.map(({ token }, index) => post(url, callTool(name), { ...sessions[index], ...bearer(token) })),
  );
  const texts = answers.map(({ message }) => JSON.stringify(message.result));
  expect([texts[0]?.includes('alice'), texts[0]?.includes('bob')]).toEqual([true, false]);
  expect([texts[1]?.includes('alice'), texts[1]?.includes('bob')]).toEqual([false, true]);
  const secret = [
    ...people.flatMap(({ token }) => token.split('.')),
    ...sessions.map((session) => session['mcp-session-id']),
    trust.secret,
    Buffer.from(trust.secret).toString('base64url'),
  ];
  for (const text of secret) expect(texts.join().includes(text)).toBe(false);
});

test.each(NAMES)('%s may be called without arguments', async (name) => {
  const { message, headers } = modern('tools/call', { name });
  const answer = await post(url, message, { ...headers, ...bearer((await trust.mint()).token) });
  expect(answer.message.result.isError).toBeFalsy();
});

test.each(NAMES)('%s takes a valid token and no permission', async (name) => {
  const authorization = { level: 'read', roles: [], permissions: [], buckets: [] } as const;
  const { token } = await trust.mint({ authorization });
  expect((await callModern(name, token)).isError).toBeFalsy();
});
