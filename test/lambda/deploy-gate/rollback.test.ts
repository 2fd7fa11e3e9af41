import fc from 'fast-check';
import { closeServers } from '../support/servers.ts';
import { DEATHS, expectCleanRollback, expectSecondDelivery, FIRST_DEATHS, held, NOTHING, RED } from './deaths.ts';
import { OLD_TRIGGER, PROPERTIES, REPORT_ONLY, Sender } from './events.ts';
import { FakeAccount, OTHER_STACK, STACK } from './fake-account.ts';

let account: FakeAccount;
let cloudformation: Sender;

beforeEach(async () => {
  account = await FakeAccount.start();
  cloudformation = new Sender(account);
});

afterEach(closeServers);

const OPERATIONS = ['DescribeStacks', 'DescribeStackEvents', 'Query', 'UpdateItem', 'DeleteItem', 'GetItem', 'PutItem'];

test('after the services failed: closes the revision, gives the lock back, asks no canary', async () => {
  await cloudformation.gate();
  for (const { Status } of await cloudformation.rollBack(['gate'])) expect(Status).toBe('SUCCESS');
  expect(held(account)).toEqual(NOTHING);
  expect(account.revisions[0]).toMatchObject({ verdict: { S: 'failed' }, closedAt: { S: expect.anything() } });
  expect(account.invocations).toHaveLength(1);
});

const FAILED_SERVICE = [
  ['quilt-services', 'UPDATE_ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to update: [Mcp, Catalog].'],
  ['Catalog', 'UPDATE_FAILED', 'Resource update cancelled'],
  ['Mcp', 'UPDATE_FAILED', 'ECS Deployment Circuit Breaker\n was triggered'],
  ['quilt-services', 'UPDATE_IN_PROGRESS', 'User Initiated'],
  ['Mcp', 'UPDATE_FAILED', 'of the deploy before'],
] as const;

test('the record says what failed, on one line, of this deploy and not of the one before', async () => {
  await cloudformation.gate();
  account.events = FAILED_SERVICE;
  await cloudformation.rollBack(['gate']);
  expect(account.revisions[0]).toMatchObject({
    closedBecause: { S: 'CloudFormation rolled the stack back.' },
    stackFailure: {
      M: {
        resource: { S: 'Mcp' },
        type: { S: 'AWS::ECS::Service' },
        reason: { S: 'ECS Deployment Circuit Breaker was triggered' },
      },
    },
  });
});

test('without a failed resource, records why the stack was rolled back', async () => {
  await cloudformation.gate();
  account.events = [['quilt-services', 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated'], ...FAILED_SERVICE.slice(3)];
  await cloudformation.rollBack(['gate']);
  expect(account.revisions[0]?.stackFailure?.M).toMatchObject({
    resource: { S: 'quilt-services' },
    reason: { S: 'User Initiated' },
  });
});

test('after a refusal of the verdict, the record has that alone', async () => {
  await cloudformation.gate();
  account.canary = new Error('crashed');
  await cloudformation.verdict();
  account.events = FAILED_SERVICE;
  await cloudformation.rollBack();
  expect(account.revisions[0]?.closedBecause?.S).toMatch(/^canary-failed: /);
  expect(account.revisions[0]?.stackFailure).toBeUndefined();
});

test('of a broken glass: the record keeps its reason beside what happened', async () => {
  await cloudformation.gate({ properties: REPORT_ONLY });
  await cloudformation.rollBack(['gate']);
  expect(account.revisions[0]).toMatchObject({
    verdict: { S: 'failed' },
    reason: { S: 'the registry is down' },
    closedBecause: { S: 'CloudFormation rolled the stack back.' },
  });
});

test('after a red verdict: leaves the record as the verdict wrote it', async () => {
  await cloudformation.gate();
  account.canary = RED;
  await cloudformation.verdict();
  const record = account.revisions[0];
  for (const { Status } of await cloudformation.rollBack()) expect(Status).toBe('SUCCESS');
  expect(account.revisions).toEqual([record]);
});

test('after a good verdict, when the stack goes back all the same: the record does not stay good', async () => {
  await cloudformation.gate();
  await cloudformation.verdict();
  expect(account.verdicts).toEqual(['good']);
  await cloudformation.rollBack();
  expect(account.verdicts).toEqual(['failed']);
});

test('succeeds when the status of the stack can be read neither for the deploy nor for its rollback', async () => {
  await cloudformation.gate({ properties: { ...PROPERTIES, Trigger: OLD_TRIGGER } });
  await cloudformation.verdict({ properties: { ...PROPERTIES, Trigger: OLD_TRIGGER } });
  account.failing.add('DescribeStacks');
  expect((await cloudformation.gate()).Status).toBe('FAILED');
  for (const { Status } of await cloudformation.rollBack(['gate'])) expect(Status).toBe('SUCCESS');
  expect(account.verdicts).toEqual(['good']);
});

test('before the gate came: nothing to do', async () => {
  for (const { Status } of await cloudformation.rollBack()) expect(Status).toBe('SUCCESS');
  expect(account.items.size).toBe(0);
});

test('after the gate refused: another owner keeps the lock', async () => {
  account.hold(OTHER_STACK, 'deploy');
  account.stacks.set(OTHER_STACK, 'UPDATE_IN_PROGRESS');
  await cloudformation.gate();
  await cloudformation.rollBack();
  expect(account.lock).toBe(OTHER_STACK);
});

test('a deletion does the same, of the own stack only', async () => {
  await cloudformation.gate();
  expect(await cloudformation.gate({ kind: 'Delete', stack: OTHER_STACK })).toMatchObject({ Status: 'SUCCESS' });
  expect(held(account)).toEqual({ lock: STACK, open: true });
  expect(await cloudformation.gate({ kind: 'Delete' })).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: 'gate',
  });
  expect(held(account)).toEqual(NOTHING);
});

test('needs no valid properties, no known type and no canary', async () => {
  account.stacks.set(STACK, 'UPDATE_ROLLBACK_IN_PROGRESS');
  account.canary = new Error('crashed');
  expect(await cloudformation.gate({ properties: { Nonsense: true } })).toMatchObject({ Status: 'SUCCESS' });
});

test.each(OPERATIONS)('succeeds without %s, with a line in the log', async (operation) => {
  await cloudformation.gate();
  account.failing.add(operation);
  for (const { Status } of await cloudformation.rollBack()) expect(Status).toBe('SUCCESS');
  if (['UpdateItem', 'DeleteItem'].includes(operation)) {
    const [response] = await cloudformation.rollBack(['gate']);
    expect(response?.logs).toContain(`dynamodb:${operation} failed with AccessDenied`);
  }
});

test('what cannot be undone in the rollback is taken over by the next deploy', async () => {
  await cloudformation.gate();
  account.failing.add('UpdateItem').add('DeleteItem');
  await cloudformation.rollBack();
  account.failing.clear();
  account.stacks.set(STACK, 'UPDATE_IN_PROGRESS');
  await cloudformation.gate();
  expect(await cloudformation.verdict()).toMatchObject({ Status: 'SUCCESS' });
  expect(account.verdicts).toEqual(['failed', 'good']);
  expect(account.lock).toBeUndefined();
});

test('wherever the function dies, a rollback leaves neither a lock nor an open revision, and the next deploy works', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...DEATHS), (death) => expectCleanRollback(account, cloudformation, death)),
    { numRuns: 15 },
  );
});

test('wherever it dies, Lambda’s second delivery ends the deploy as the first one would have', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FIRST_DEATHS), (death) => expectSecondDelivery(account, cloudformation, death)),
    { numRuns: 10 },
  );
});
