import { closeServers } from '../support/servers.ts';
import { OLD_TRIGGER, PROPERTIES, REPORT_ONLY, Sender } from './events.ts';
import { FakeAccount, STACK } from './fake-account.ts';

let account: FakeAccount;
let cloudformation: Sender;

beforeEach(async () => {
  account = await FakeAccount.start();
  cloudformation = new Sender(account);
});

afterEach(closeServers);

const fail = (name: string, reason = `${name} is wrong`) => ({ name, verdict: 'fail', reason });
const skipped = (name: string) => ({ name, verdict: 'skipped', reason: 'needs another' });
const red = (...checks: readonly unknown[]) => ({
  verdict: 'red',
  checks: [{ name: 'parameters-valid', verdict: 'pass' }, ...checks],
});

/** A deploy up to its verdict; `before` and `after` are what the canary says. */
async function deploy({
  before,
  after,
  properties = PROPERTIES,
}: {
  before?: unknown;
  after?: unknown;
  properties?: object;
}) {
  if (before !== undefined) account.canary = before;
  await cloudformation.gate({ properties: { ...properties } });
  account.canary = after ?? { verdict: 'green', checks: [] };
  return cloudformation.verdict({ properties: { ...properties } });
}

test('green: the revision is good and the lock free', async () => {
  expect(await deploy({})).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'verdict' });
  expect(account.verdicts).toEqual(['good']);
  expect(account.revisions[0]?.closedAt?.S).toMatch(/^\d{4}-/);
  expect(account.lock).toBeUndefined();
});

test('lets the canary wait for tasks that are settling', async () => {
  await deploy({});
  expect(account.invocations.at(-1)).toEqual({ trigger: 'deploy', settling: true });
});

test('red: fails with names first and reasons, and the record has them', async () => {
  const { Status, Reason } = await deploy({
    after: red(skipped('tool-call-with-token'), fail('no-token-refused'), fail('garbage-token-refused')),
  });
  expect(Status).toBe('FAILED');
  expect(Reason).toBe(
    'canary-red: The canary is red after the deploy: no-token-refused, garbage-token-refused, tool-call-with-token. ' +
      'no-token-refused: no-token-refused is wrong | garbage-token-refused: garbage-token-refused is wrong | ' +
      'tool-call-with-token: needs another',
  );
  expect(account.verdicts).toEqual(['failed']);
  expect(account.revisions[0]?.failedChecks?.L?.[0]).toEqual({
    M: { name: { S: 'no-token-refused' }, reason: { S: 'no-token-refused is wrong' } },
  });
  expect(account.lock).toBeUndefined();
});

test('a response stays within what CloudFormation takes', async () => {
  const many = Array.from({ length: 40 }, (_, index) => fail(`check-${index}`, 'ä'.repeat(5_000)));
  const { logs, ...response } = await deploy({ after: red(...many) });
  expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(4_096);
  expect(response.Reason).toContain('check-0');
});

describe('red before', () => {
  test('does not excuse a check that was skipped before and fails now', async () => {
    const before = red(fail('mcp-reachable'), skipped('garbage-token-refused'));
    const { Status, Reason } = await deploy({ before, after: red(fail('garbage-token-refused')) });
    expect(Status).toBe('FAILED');
    expect(Reason).toContain('garbage-token-refused');
  });

  test('does not excuse the same check when it fails for another reason', async () => {
    const redFor = (reason: string) => red({ name: 'mcp-reachable', verdict: 'fail', reason });
    const { Status } = await deploy({ before: redFor('time-out: slow.'), after: redFor('not-mcp: HTML.') });
    expect(Status).toBe('FAILED');
    expect(await deploy({ before: redFor('time-out: slow.'), after: redFor('time-out: slow still.') })).toMatchObject({
      Status: 'SUCCESS',
    });
  });

  test('does not veto the deploy that fixes it', async () => {
    expect(await deploy({ before: red(fail('no-token-refused')) })).toMatchObject({ Status: 'SUCCESS' });
    expect(account.verdicts).toEqual(['good']);
  });

  test('does not veto one that leaves it, which is not called good', async () => {
    const before = red(fail('no-token-refused'), skipped('tool-call-with-token'));
    expect(await deploy({ before, after: before })).toMatchObject({ Status: 'SUCCESS' });
    expect(account.verdicts).toEqual(['unverified']);
    expect(account.revisions[0]?.closedBecause?.S).toBe(
      'Also red before the deploy: no-token-refused, tool-call-with-token.',
    );
  });

  test('does not excuse what is red now only', async () => {
    const before = red(fail('no-token-refused'));
    const { Status, Reason } = await deploy({ before, after: red(fail('no-token-refused'), fail('key-ids-agree')) });
    expect(Status).toBe('FAILED');
    expect(Reason).toContain('after the deploy: key-ids-agree. ');
    expect(account.verdicts).toEqual(['failed']);
  });

  test('does not excuse a check that could be seen through then and cannot any more', async () => {
    const { Status } = await deploy({ after: red(skipped('tool-call-with-token')) });
    expect(Status).toBe('FAILED');
  });
});

describe('break-glass', () => {
  test.each([
    ['red', red(fail('no-token-refused'))],
    ['green', { verdict: 'green', checks: [] }],
    ['broken', new Error('crashed')],
  ])('deploys with a %s canary, and the revision is unverified with the reason', async (_, after) => {
    expect(await deploy({ after, properties: REPORT_ONLY })).toMatchObject({ Status: 'SUCCESS' });
    expect(account.verdicts).toEqual(['unverified']);
    expect(account.revisions[0]?.reason?.S).toBe('the registry is down');
    expect(account.lock).toBeUndefined();
  });

  test('the record says what was red', async () => {
    await deploy({ after: red(fail('no-token-refused')), properties: REPORT_ONLY });
    expect(account.revisions[0]?.failedChecks?.L).toHaveLength(1);
  });
});

test.each([
  ['ends with an error', new Error('crashed'), /^canary-failed: /],
  ['answers no JSON', 'nonsense', /^canary-failed: /],
  ['answers a check without a name', { verdict: 'red', checks: [{ verdict: 'fail' }] }, /^canary-failed: /],
])('a canary that %s fails the deploy', async (_, after, reason) => {
  const { Status, Reason } = await deploy({ after });
  expect(Status).toBe('FAILED');
  expect(Reason).toMatch(reason);
  expect({ verdicts: account.verdicts, lock: account.lock }).toEqual({ verdicts: ['failed'], lock: undefined });
  expect(account.revisions[0]?.closedBecause?.S).toMatch(reason);
});

test.each([
  ['never came', async () => {}],
  ['was for another change', () => cloudformation.gate({ properties: { ...PROPERTIES, Trigger: OLD_TRIGGER } })],
])('without its own revision (the gate %s) it fails, and changes nothing', async (_, prepare) => {
  await prepare();
  const before = [account.lock, account.verdicts];
  const { Status, Reason } = await cloudformation.verdict();
  expect(Status).toBe('FAILED');
  expect(Reason).toMatch(/^revision-not-open: /);
  expect([account.lock, account.verdicts]).toEqual(before);
});

describe('delivered twice', () => {
  test.each([
    ['green', { verdict: 'green', checks: [] }, 'SUCCESS'],
    ['red', red(fail('no-token-refused')), 'FAILED'],
  ])('%s: the same answer, one canary', async (_, after, status) => {
    await cloudformation.gate();
    account.canary = after;
    const first = await cloudformation.verdict({ requestId: 'one' });
    account.canary = { verdict: 'green', checks: [] };
    const second = await cloudformation.verdict({ requestId: 'one' });
    expect([first.Status, second.Status]).toEqual([status, status]);
    expect(second.Reason).toBe(first.Reason);
    expect(account.invocations).toHaveLength(2);
    expect(account.verdicts).toHaveLength(1);
  });

  test('gives the lock back if the first delivery died before that', async () => {
    await cloudformation.gate();
    await cloudformation.verdict({ requestId: 'one' });
    account.hold(STACK, 'deploy');
    await cloudformation.verdict({ requestId: 'one' });
    expect(account.lock).toBeUndefined();
  });
});
