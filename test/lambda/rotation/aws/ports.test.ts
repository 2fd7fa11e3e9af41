import type { awsPorts } from '../../../../lambda/rotation/aws/ports.ts';
import type { Ports } from '../../../../lambda/rotation/ports.ts';
import { FakeAccount } from '../../deploy-gate/fake-account.ts';
import { useFakeAws } from '../../support/fake-aws.ts';
import { closeServers } from '../../support/servers.ts';
import { RECORD } from '../support/record.ts';
import { SETTINGS } from '../support/settings.ts';

const OWNER = 'arn-of-an-execution';

/** Every call of AWS that a port makes, by its IAM action. */
const CALLS: readonly (readonly [string, (ports: Ports) => Promise<unknown>])[] = [
  ['ssm:GetParameters', ({ parameters }) => parameters.read()],
  ['ssm:GetParameters', ({ parameters }) => parameters.readIncoming('/quilt/incoming/next')],
  ['ssm:GetParameterHistory', ({ parameters }) => parameters.history('secret')],
  ['ssm:PutParameter', ({ parameters }) => parameters.put('secret', 'a-value-not-to-be-seen')],
  ['ssm:DeleteParameter', ({ parameters }) => parameters.deleteIncoming('/quilt/incoming/next')],
  ['dynamodb:GetItem', ({ records }) => records.read()],
  ['dynamodb:PutItem', ({ records }) => records.write(RECORD, undefined)],
  ['dynamodb:GetItem', ({ lock }) => lock.read()],
  ['dynamodb:PutItem', ({ lock }) => lock.take(OWNER, undefined)],
  ['dynamodb:DeleteItem', ({ lock }) => lock.release(OWNER)],
  ['dynamodb:Query', ({ longestLifetime }) => longestLifetime(0, 1)],
  ['ecs:DescribeServices', ({ services }) => services.look('mcp')],
  ['ecs:UpdateService', ({ services }) => services.roll('mcp')],
  ['ecs:DescribeServices', ({ findTasksAccepting }) => findTasksAccepting('a-token-not-to-be-seen')],
  ['states:DescribeExecution', ({ isRunning }) => isRunning(OWNER)],
  ['cloudformation:DescribeStacks', ({ stackInProgress }) => stackInProgress()],
  ['lambda:InvokeFunction', ({ runCanary }) => runCanary()],
];

let account: FakeAccount;
let open: typeof awsPorts;

beforeAll(async () => {
  account = await FakeAccount.start();
  useFakeAws(account.endpoint);
  open = (await import('../../../../lambda/rotation/aws/ports.ts')).awsPorts;
});

beforeEach(() => {
  account.failing.clear();
  account.operations.length = 0;
});

afterAll(closeServers);

test.each(CALLS)('what AWS says about a failure of %s is not repeated, only its name', async (action, call) => {
  const operation = action === 'lambda:InvokeFunction' ? 'Invoke' : (action.split(':')[1] as string);
  account.failing.add(operation);
  const error: unknown = await call(open(SETTINGS, new AbortController().signal)).catch((thrown) => thrown);
  expect(error).toMatchObject({
    name: 'AwsCallFailed',
    message: `${action} failed with AccessDeniedException. Check the role and the network of the rotation function.`,
  });
  // The errors of the SDK hold what was sent.
  expect(Object.keys(error as object)).toEqual(['name']);
  expect(account.operations).toContain(operation);
});

test.each(CALLS)('%s is not asked any more when the time of the function is over', async (action, call) => {
  const error: unknown = await call(open(SETTINGS, AbortSignal.abort())).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'AwsCallFailed', message: expect.stringContaining(`${action} failed with `) });
  expect(account.operations).toEqual([]);
});

test.each([
  ['UPDATE_IN_PROGRESS', true],
  ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', true],
  ['UPDATE_COMPLETE', false],
  ['ROLLBACK_FAILED', false],
])('a stack that is %s is being changed: %p', async (status, expected) => {
  account.stacks.set('quilt-services', status).set('another-stack', 'CREATE_COMPLETE');
  const { stackInProgress } = open(SETTINGS, new AbortController().signal);
  expect(await stackInProgress()).toBe(expected);
  expect(await stackInProgress('another-stack')).toBe(false);
  expect(await stackInProgress('a-stack-that-was-never-made')).toBe(false);
});
