import { LambdaClient } from '@aws-sdk/client-lambda';
import { runCanary } from '../../../../lambda/rotation/aws/probes.ts';
import { FakeAccount } from '../../deploy-gate/fake-account.ts';
import { useFakeAws } from '../../support/fake-aws.ts';
import { closeServers, serve } from '../../support/servers.ts';

const NO_REPORT = ['The canary returned no report; see its log.'];

let account: FakeAccount;

beforeEach(async () => {
  account = await FakeAccount.start();
  useFakeAws(account.endpoint);
});

afterEach(closeServers);

/** What is said of a canary that answers this. */
function saidOf(answer: unknown): Promise<readonly string[]> {
  account.canary = answer;
  return runCanary(new LambdaClient({ maxAttempts: 1 }), 'quilt-canary', new AbortController().signal);
}

test('a green canary returns no failures; it is invoked with settling', async () => {
  const checks = [{ name: 'tasks-agree', verdict: 'tolerated', reason: 'not-provable: reason' }];
  expect(await saidOf({ verdict: 'green', checks })).toEqual([]);
  expect(account.invocations).toEqual([{ trigger: 'rotation', settling: true }]);
});

test('a red one says which checks failed, and why', async () => {
  const checks = [
    { name: 'mcp-reachable', verdict: 'pass' },
    { name: 'tasks-agree', verdict: 'fail', reason: 'tasks-disagree: reason' },
    { name: 'good-token-accepted', verdict: 'fail', reason: 'token-refused: reason' },
    { name: 'tools-listed', verdict: 'skipped', reason: 'reason' },
    { name: 'all-tasks-seen', verdict: 'tolerated', reason: 'reason' },
  ];
  expect(await saidOf({ verdict: 'red', checks })).toEqual([
    'tasks-agree: tasks-disagree: reason',
    'good-token-accepted: token-refused: reason',
  ]);
});

test.each<[string, unknown]>([
  ['ended with an error', new Error('not-to-be-seen')],
  ['returned no JSON', 'not-to-be-seen'],
  ['answered nothing', ''],
  ['answered null', null],
  ['answered a list', [{ verdict: 'green' }]],
  ['says green without checks', { verdict: 'green' }],
  ['has checks that are none', { verdict: 'red', checks: 'not-to-be-seen' }],
  ['has an invalid verdict', { verdict: 'GREEN', checks: [] }],
  ['is red without a failed check', { verdict: 'red', checks: [{ name: 'tasks-agree', verdict: 'skipped' }] }],
])('a canary that %s has proved nothing', async (_, answer) => {
  expect(await saidOf(answer)).toEqual(NO_REPORT);
});

test('a canary that ended with an error proves nothing, whatever it returns', async () => {
  const origin = await serve((_, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' })
      .end('{"verdict":"green","checks":[]}');
  });
  const client = new LambdaClient({ endpoint: origin, maxAttempts: 1 });
  expect(await runCanary(client, 'quilt-canary', new AbortController().signal)).toEqual(NO_REPORT);
});
