import { type Account, answer, failuresOf, run, startAccount } from './account.ts';
import { closeDeployments, type Intercept } from './deployment.ts';

let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeDeployments);

/** The endpoint does not work the first times it is asked. */
function brokenAtFirst(times: number, status = 503): Intercept {
  let left = times;
  return ({ rpcMethod }, response) => rpcMethod === 'ping' && left-- > 0 && answer(response, status);
}

const settling = { settling: true, pauseMs: 0 };

test('a settling deployment becomes green, and the report has the number of attempts', async () => {
  const { origin } = await account.start({ intercept: brokenAtFirst(2) });
  const report = await run(origin, { ...settling, trigger: 'deploy' });
  expect(failuresOf(report)).toEqual({});
  expect(report).toMatchObject({ verdict: 'green', attempts: 3, trigger: 'deploy' });
});

test('nothing is asked twice unless a deployment may be settling', async () => {
  const { origin } = await account.start({ intercept: brokenAtFirst(1) });
  expect(await run(origin, { pauseMs: 0 })).toMatchObject({ verdict: 'red', attempts: 1 });
});

test('a failure that settling cannot explain is reported at once', async () => {
  const { origin } = await account.start({
    intercept: brokenAtFirst(1),
    rewrite: ({ path }, answered) => {
      if (path === '/config.json') answered.body = account.secret;
    },
  });
  const report = await run(origin, settling);
  expect(report).toMatchObject({ verdict: 'red', attempts: 1 });
  expect(failuresOf(report)['no-secret-in-public-files']).toMatch(/^secret-exposed: /);
});

test('an attempt that would not end in time is not begun', async () => {
  const { origin } = await account.start({ intercept: brokenAtFirst(1) });
  const report = await run(origin, { settling: true, pauseMs: 70_000 });
  expect(report).toMatchObject({ verdict: 'red', attempts: 1 });
  expect(failuresOf(report)).toEqual({ 'mcp-reachable': expect.stringMatching(/^server-error: /) });
});

describe('what is tolerated', () => {
  const rewrite = ({ path }: { path: string }, { headers }: { headers: Headers }): void => {
    if (!path.startsWith('/mcp')) headers.delete('x-quilt-key-ids');
  };

  test('shows in the report with its reason, and does not make it red', async () => {
    const { origin } = await account.start({ rewrite });
    const report = await run(origin, { tolerated: ['tasks-agree', 'key-ids-agree', 'tasks-hold-parameters'] });
    expect(report.verdict).toBe('green');
    expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toMatchObject([
      { name: 'tasks-agree', verdict: 'tolerated', reason: expect.stringMatching(/^not-provable: /) },
      { name: 'key-ids-agree', verdict: 'tolerated', reason: expect.stringMatching(/^not-provable: /) },
      { name: 'tasks-hold-parameters', verdict: 'tolerated', reason: expect.stringMatching(/^not-provable: /) },
    ]);
  });

  test('is tolerated check by check', async () => {
    const { origin } = await account.start({ rewrite });
    const report = await run(origin, { tolerated: ['tasks-agree', 'tasks-hold-parameters'] });
    expect(report.verdict).toBe('red');
    expect(Object.keys(failuresOf(report))).toEqual(['key-ids-agree']);
  });
});
