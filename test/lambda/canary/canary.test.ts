import { generateSecret } from '../../../auth/generate-secret.ts';
import { type CanaryReport, CHECK_NAMES } from '../../../contract/canary-report.ts';
import { TOOLS } from '../../../services/mcp/tools/all-tools.ts';
import { outputOf } from '../support/captured-output.ts';
import { type Account, failuresOf, run, startAccount, trustOf } from './account.ts';
import { closeDeployments, startDeployment } from './deployment.ts';

const stranger = generateSecret();
let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeDeployments);

describe('a healthy deployment', () => {
  test('is green, check by check, with what was seen', async () => {
    const { keyId } = account;
    const { origin, tasks } = await account.start();
    const report = await run(origin);
    expect(report.checks.map(({ name, verdict, reason }) => [name, verdict, reason])).toEqual(
      CHECK_NAMES.map((name) => [name, 'pass', undefined]),
    );
    expect(report).toMatchObject({
      verdict: 'green',
      trigger: 'direct',
      attempts: 1,
      url: origin,
      keyIds: { signing: keyId, accepted: [keyId] },
      tools: TOOLS.map(({ name }) => name),
      services: [
        { service: 'mcp', running: 2, desired: 2 },
        { service: 'catalog', running: 1, desired: 2 },
      ],
    });
    const seen = (ids: readonly string[]) => ids.map((task) => ({ task, keyIds: [keyId] }));
    expect(report.tasks.mcp).toEqual(expect.arrayContaining(seen(tasks.mcp)));
    expect(report.tasks.catalog).toEqual(seen(tasks.catalog));
    expect(new Date(report.startedAt).toISOString()).toBe(report.startedAt);
  });

  test('is green with a weak secret that was adopted earlier, and the weakness is named', async () => {
    const weak = `"${generateSecret()}"`;
    account = await startAccount(weak);
    const { origin } = await account.start();
    const report = await run(origin);
    expect(report.verdict).toBe('green');
    expect(report.checks.find(({ name }) => name === 'parameters-valid')).toMatchObject({
      verdict: 'pass',
      reason: '/quilt/secret holds a weak secret (secret_quoted). Replace it with bin/quiltctl rotate.',
    });
    expect(JSON.stringify(report)).not.toContain(weak.slice(1, -1));
  });

  test('is asked as a browser asks: no token with initialize, one with everything after it', async () => {
    const { origin, asked } = await account.start();
    await run(origin);
    const withToken = (method: string) =>
      asked.filter(({ rpcMethod }) => rpcMethod === method).map(({ token }) => token !== undefined);
    // The second one is a stranger's, whose session is then tried without a token.
    expect(withToken('initialize')).toEqual([false, false]);
    expect(withToken('notifications/initialized')).toEqual([true, false]);
    expect(withToken('tools/call')).toEqual([true, true]);
  });

  test('mints tokens without permissions, bad ones included', async () => {
    const { origin, asked } = await account.start();
    await run(origin);
    const tokens = asked.flatMap(({ token }) => (token?.includes('.') ? [token] : []));
    const claims = [...new Set(tokens)].map((token) =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')),
    );
    expect(claims).toHaveLength(11);
    const full = claims.filter((claim) => 'level' in claim);
    expect(full).toHaveLength(10);
    const expected = { sub: 'canary', roles: ['canary'], level: 'read', permissions: [], buckets: ['bucket-a'] };
    for (const claim of full) expect(claim).toMatchObject(expected);
  });

  test('is green with a second accepted key, and with white space around the parameters', async () => {
    const { secret, keyId } = account;
    const both = await trustOf(secret, stranger);
    account.put(`${secret}\n`, `${both.MCP_ENHANCED_JWT_KEYS}\n`);
    const { origin } = await startDeployment({ mcp: [both, both], catalog: [both] });
    const report = await run(origin);
    expect(report).toMatchObject({ verdict: 'green', keyIds: { signing: keyId } });
    expect(report.keyIds.accepted).toHaveLength(2);
  });

  test('ends its session when it is done', async () => {
    const opened = new Set<string | null>();
    const { origin, asked } = await account.start({
      rewrite: ({ rpcMethod }, { headers }) => {
        if (rpcMethod === 'initialize') opened.add(headers.get('mcp-session-id'));
      },
    });
    await run(origin);
    const ended = asked.filter(({ rpcMethod }) => rpcMethod === 'DELETE').map(({ session }) => session);
    expect(ended).toHaveLength(1);
    expect(opened).toContain(ended[0]);
  });

  test('is green with a server that keeps no sessions', async () => {
    const { origin, asked } = await account.start({ sessionless: true });
    expect(failuresOf(await run(origin))).toEqual({});
    expect(asked.filter(({ rpcMethod }) => rpcMethod === 'initialize')).toHaveLength(1);
  });

  test('of many tasks is asked until all of them answered', async () => {
    const { trust } = account;
    account.aws.services
      .set('mcp-service', { running: 1, desired: 1 })
      .set('catalog-service', { running: 20, desired: 20 });
    const { origin, tasks } = await startDeployment({ mcp: [trust], catalog: Array(20).fill(trust) });
    const report = await run(origin);
    expect(report.verdict).toBe('green');
    expect(report.tasks.catalog.map(({ task }) => task).sort()).toEqual([...tasks.catalog].sort());
  });
});

describe('parameters that cannot be used', () => {
  test.each<[string, (given: Account) => [string | undefined, string | undefined], RegExp]>([
    ['no secret', ({ keySet }) => [undefined, keySet], /^parameter-invalid: \/quilt\/secret: .*missing/],
    ['no set', ({ secret }) => [secret, undefined], /^parameter-invalid: \/quilt\/keys: .*missing/],
    ['a short secret', ({ keySet }) => ['x'.repeat(31), keySet], /^parameter-invalid: \/quilt\/secret: .*31 bytes/],
    ['a secret that is not in the set', ({ keySet }) => [stranger, keySet], /^parameter-invalid: .*not in the key set/],
  ])('%s: named, and the rest is asked without a token', async (_, values, reason) => {
    account.put(...values(account));
    const { origin, asked } = await account.start();
    const report = await run(origin);
    expect(report).toMatchObject({ verdict: 'red', keyIds: { signing: '', accepted: [] }, tools: [] });
    expect(failuresOf(report)).toEqual({ 'parameters-valid': expect.stringMatching(reason) });
    const passed = report.checks.filter(({ verdict }) => verdict === 'pass').map(({ name }) => name);
    expect(passed).toEqual([
      'mcp-reachable',
      'initialize-without-token',
      'no-token-refused',
      'garbage-token-refused',
      'catalog-reachable',
      'all-tasks-seen',
      'tasks-agree',
      'key-ids-agree',
    ]);
    expect(report.checks.find(({ name }) => name === 'expired-token-refused')).toMatchObject({
      verdict: 'skipped',
      reason: 'needs parameters-valid, which did not pass',
    });
    expect(new Set(asked.map(({ token }) => token))).toEqual(new Set([undefined, 'canary-garbage-token']));
  });

  test('unreadable: reported by the name of the error', async () => {
    account.aws.fail('GetParameters', 'AccessDeniedException', `not allowed to read ${account.secret}`);
    const { origin } = await account.start();
    const failures = failuresOf(await run(origin));
    expect(failures).toEqual({
      'parameters-valid': expect.stringMatching(/^parameter-unreadable: .*AccessDeniedException/),
    });
    expect(JSON.stringify(failures)).not.toContain(account.secret);
  });
});

test('when ECS cannot be asked, the error is logged, and the report does not claim that all tasks were seen', async () => {
  account.aws.fail('DescribeServices', 'ClusterNotFoundException');
  const { origin } = await account.start();
  let report: CanaryReport | undefined;
  const logs = await outputOf(async () => {
    report = await run(origin);
  });
  expect(report?.services).toEqual([]);
  expect(report && failuresOf(report)).toEqual({
    'all-tasks-seen': expect.stringMatching(/^tasks-uncounted: ecs:DescribeServices failed/),
  });
  expect(logs.join()).toContain('ClusterNotFoundException');
});
