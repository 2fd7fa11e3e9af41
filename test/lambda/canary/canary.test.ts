import { generateSecret } from '../../../auth/generate-secret.ts';
import { type CanaryReport, CHECK_NAMES } from '../../../lambda/canary/report.ts';
import { outputOf } from '../support/captured-output.ts';
import { keySetText } from '../support/secrets.ts';
import { closeServers } from '../support/servers.ts';
import { type Account, answer, failuresOf, run, startAccount } from './account.ts';
import { CATALOG_TASK, MCP_TASK, startDeployment } from './deployment.ts';

const stranger = generateSecret();
let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeServers);

describe('a healthy deployment', () => {
  test('is green, check by check, with what was seen', async () => {
    const { keyId } = account;
    const { origin } = await account.start();
    const report = await run(origin);
    expect(report.checks.map(({ name, verdict, reason }) => [name, verdict, reason])).toEqual(
      CHECK_NAMES.map((name) => [name, 'pass', undefined]),
    );
    expect(report).toMatchObject({
      verdict: 'green',
      url: origin,
      keyIds: { signing: keyId, accepted: [keyId] },
      tools: ['discover_buckets', 'jwt_diagnostics'],
      tasks: { mcp: [{ task: MCP_TASK, keyIds: [keyId] }], catalog: [{ task: CATALOG_TASK, keyIds: [keyId] }] },
      services: [
        { service: 'mcp', running: 2, desired: 2 },
        { service: 'catalog', running: 1, desired: 2 },
      ],
    });
    expect(new Date(report.startedAt).toISOString()).toBe(report.startedAt);
  });

  test('is asked as a browser asks: no token with initialize, one with everything after it', async () => {
    const { origin, asked } = await account.start();
    await run(origin);
    const session = asked.filter(({ path, token }) => path === '/mcp' && token !== 'canary-garbage-token');
    const tokens = new Set(session.map(({ token }) => token).filter(Boolean));
    expect(tokens.size).toBe(1);
    const withToken = session.filter(({ token }) => token !== undefined).map(({ rpcMethod }) => rpcMethod);
    expect(withToken).toEqual(expect.arrayContaining(['notifications/initialized', 'tools/list', 'tools/call']));
    const without = session.filter(({ token }) => token === undefined).map(({ rpcMethod }) => rpcMethod);
    expect(without).toEqual(['initialize', 'tools/list']);
  });

  test('mints a token that may ask only what everybody may', async () => {
    const { origin, asked } = await account.start();
    await run(origin);
    const token = asked.find(({ rpcMethod, token }) => rpcMethod === 'tools/call' && token !== undefined)?.token ?? '';
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const expected = { sub: 'canary', roles: ['canary'], level: 'read', permissions: [], buckets: ['bucket-a'] };
    expect(claims).toMatchObject(expected);
  });

  test('is green with a second accepted key, and with white space around the parameters', async () => {
    const { secret, keyId } = account;
    const both = await keySetText(stranger, secret);
    account.put(`${secret}\n`, `${both}\n`);
    const { origin } = await startDeployment({ keySet: both, signs: keyId });
    const report = await run(origin);
    expect(report).toMatchObject({ verdict: 'green', keyIds: { signing: keyId } });
    expect(report.keyIds.accepted).toHaveLength(2);
  });

  test('is green with a server that keeps sessions, which is told when one ends', async () => {
    const ended: string[] = [];
    const { origin } = await account.start(({ rpcMethod }, response, request) => {
      if (rpcMethod === 'initialize') response.setHeader('mcp-session-id', 'session-1');
      else if (request.headers['mcp-session-id'] !== 'session-1' && request.url === '/mcp')
        return answer(response, 400);
      if (rpcMethod === 'DELETE') ended.push(String(request.headers['mcp-session-id']));
      return undefined;
    });
    expect(failuresOf(await run(origin))).toEqual({});
    expect(ended).toEqual(['session-1']);
  });
});

describe('parameters that cannot be used', () => {
  test.each<[string, (given: Account) => [string | undefined, string | undefined], RegExp]>([
    ['no secret', ({ keySet }) => [undefined, keySet], /^\/quilt\/secret: .*missing/],
    ['no set', ({ secret }) => [secret, undefined], /^\/quilt\/keys: .*missing/],
    ['a short secret', ({ keySet }) => ['x'.repeat(31), keySet], /^\/quilt\/secret: .*31 bytes/],
    ['a secret that is not in the set', ({ keySet }) => [stranger, keySet], /not in the key set/],
  ])('%s: named, and the rest is asked without a token', async (_, values, reason) => {
    account.put(...values(account));
    const { origin, asked } = await account.start();
    const report = await run(origin);
    expect(report).toMatchObject({ verdict: 'red', keyIds: { signing: '', accepted: [] }, tools: [] });
    expect(failuresOf(report)).toEqual({ 'parameters-valid': expect.stringMatching(reason) });
    const skipped = report.checks.filter(({ verdict }) => verdict === 'skipped');
    expect(skipped.map(({ name, reason }) => [name, reason])).toEqual([
      ['tools-list-with-token', 'needs parameters-valid, which did not pass'],
      ['tool-call-with-token', 'needs tools-list-with-token, which did not pass'],
    ]);
    expect(new Set(asked.map(({ token }) => token))).toEqual(new Set([undefined, 'canary-garbage-token']));
  });

  test('not to be read: told by the name of the error', async () => {
    account.aws.fail('GetParameters', 'AccessDeniedException', `not allowed to read ${account.secret}`);
    const { origin } = await account.start();
    const failures = failuresOf(await run(origin));
    expect(failures).toEqual({ 'parameters-valid': expect.stringContaining('AccessDeniedException') });
    expect(JSON.stringify(failures)).not.toContain(account.secret);
  });
});

test('a cluster that cannot be asked leaves the counts out and decides nothing', async () => {
  account.aws.fail('DescribeServices', 'ClusterNotFoundException');
  const { origin } = await account.start();
  let report: CanaryReport | undefined;
  const logs = await outputOf(async () => {
    report = await run(origin);
  });
  expect(report).toMatchObject({ verdict: 'green', services: [] });
  expect(logs.join()).toContain('ClusterNotFoundException');
});

test('a server that sends back everything it knows brings nothing of it into the report or the log', async () => {
  const { secret, keySet, keyId } = account;
  const k = Buffer.from(secret).toString('base64url');
  const { origin, asked } = await startDeployment({
    keySet,
    signs: keyId,
    // Framed, because the SDK warns of a tool name that begins or ends with a dash.
    tools: ['discover_buckets', `t${secret}t`, `t${k}t`],
    intercept: ({ token = secret, rpcMethod }, response) => {
      const [header = '', payload = '', signature = ''] = token.split('.');
      response.setHeader('x-quilt-task', payload);
      response.setHeader('x-quilt-key-ids', `${header},${signature},${token}`);
      response.setHeader('location', token);
      return rpcMethod === 'tools/call' && answer(response, 401, `text/${signature || secret}`, token);
    },
  });
  let report: CanaryReport | undefined;
  const logs = await outputOf(async () => {
    report = await run(origin);
  });
  const shown = JSON.stringify(report) + logs.join('\n');
  expect(report?.tools).toContain('t[redacted]t');
  expect(shown).not.toContain(secret);
  for (const { token } of asked) {
    for (const part of token === 'canary-garbage-token' ? [] : (token ?? '').split('.')) {
      if (part !== '') expect(shown).not.toContain(part);
    }
  }
});
