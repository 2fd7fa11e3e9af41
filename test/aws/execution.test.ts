import { SFNClient } from '@aws-sdk/client-sfn';
import { isRunning } from '../../aws/execution.ts';
import { EXECUTION, FakeAccount } from '../lambda/deploy-gate/fake-account.ts';
import { useFakeAws } from '../lambda/support/fake-aws.ts';
import { closeServers } from '../lambda/support/servers.ts';

let account: FakeAccount;

beforeEach(async () => {
  account = await FakeAccount.start();
  useFakeAws(account.endpoint);
});

afterEach(closeServers);

const ask = () => isRunning(new SFNClient({ maxAttempts: 1 }), EXECUTION, new AbortController().signal);

test.each([
  ['RUNNING', true],
  ['SUCCEEDED', false],
  ['FAILED', false],
  ['TIMED_OUT', false],
  ['ABORTED', false],
])('an execution that is %s is at work: %p', async (status, running) => {
  account.executions.set(EXECUTION, status);
  expect(await ask()).toBe(running);
});

test('an execution that is forgotten is not at work', async () => {
  expect(await ask()).toBe(false);
});

test('an execution that could not be asked about is not taken for dead', async () => {
  account.failing.add('DescribeExecution');
  await expect(ask()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
