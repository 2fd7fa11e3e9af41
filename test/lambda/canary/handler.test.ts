import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { isBeforeServices } from '../../../lambda/canary/before-services.ts';
import { parseRequest } from '../../../lambda/canary/canary.ts';
import { outputOf } from '../support/captured-output.ts';
import { useFakeAws } from '../support/fake-aws.ts';
import { type Account, answer, startAccount } from './account.ts';
import { closeDeployments } from './deployment.ts';

const CONFIGURED = Object.keys(process.env);

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!CONFIGURED.includes(name)) delete process.env[name];
  await closeDeployments();
});

/** The function as Lambda loads it, with the environment of now. */
async function loadHandler(): Promise<typeof import('../../../lambda/canary/handler.ts').handler> {
  jest.resetModules();
  return (await import('../../../lambda/canary/handler.ts')).handler;
}

async function configure(
  account: Account,
  more: Readonly<Record<string, string>> = {},
  fault: Parameters<Account['start']>[0] = {},
): Promise<void> {
  const { origin } = await account.start(fault);
  Object.assign(process.env, {
    CANARY_URL: origin,
    CANARY_SECRET_PARAMETER: '/quilt/secret',
    CANARY_KEY_SET_PARAMETER: '/quilt/keys',
    CANARY_CLUSTER: 'cluster',
    CANARY_MCP_SERVICE: 'mcp-service',
    CANARY_CATALOG_SERVICE: 'catalog-service',
    ...more,
  });
}

test('says which variables are missing before it asks anything', async () => {
  useFakeAws('http://127.0.0.1:9');
  const handler = await loadHandler();
  await expect(handler()).rejects.toThrow(/CANARY_URL is missing/);
});

test('answers the report that its environment asks for, and logs the verdict without a value', async () => {
  await configure(await startAccount());
  const handler = await loadHandler();
  const logs = await outputOf(async () => {
    expect(await handler({ trigger: 'schedule' })).toMatchObject({
      verdict: 'green',
      trigger: 'schedule',
      attempts: 1,
    });
  });
  const line = { level: 'info', message: 'canary green', trigger: 'schedule', durationMs: expect.any(Number) };
  expect(logs.map((text) => JSON.parse(text))).toEqual([{ ...line, attempts: 1, failed: [] }]);
});

test('stores the report that it returns, even a red one, and marks tolerated checks', async () => {
  const account = await startAccount();
  account.aws.services.delete('mcp-service');
  await configure(account, { CANARY_STATE_TABLE: 'state', CANARY_TOLERATED: '["all-tasks-seen"]' });
  const handler = await loadHandler();
  const reports: unknown[] = [];
  const logs = await outputOf(async () => {
    reports.push(await handler());
    account.put(undefined, undefined);
    reports.push(await handler({ trigger: 'deploy' }));
  });
  expect(reports).toMatchObject([{ verdict: 'green' }, { verdict: 'red', trigger: 'deploy' }]);
  const kept = [...account.aws.items.values()].map(({ report }) => JSON.parse(report?.S ?? ''));
  expect(kept).toEqual(reports);
  const [green, red] = logs.map((line) => JSON.parse(line));
  expect(green).toMatchObject({
    level: 'info',
    failed: [expect.stringMatching(/^all-tasks-seen: tolerated: not-provable: /)],
  });
  expect(red).toMatchObject({ level: 'error', message: 'canary red' });
});

describe('before the services are deployed for the first time', () => {
  const NOT_FOUND: NonNullable<Parameters<Account['start']>[0]> = {
    intercept: (_, response) => answer(response, 404, 'text/plain', 'Nothing here.'),
  };
  const revision = (verdict: string) => ({ pk: { S: 'revision' }, sk: { S: '000001' }, verdict: { S: verdict } });

  /** What is kept of a run against a load balancer that has nothing behind it, unless `arrange` says otherwise. */
  async function kept({
    arrange = () => undefined,
    fault = NOT_FOUND,
    event = { trigger: 'schedule' },
  }: {
    arrange?: ((account: Account) => void) | undefined;
    fault?: typeof NOT_FOUND;
    event?: object;
  } = {}): Promise<readonly unknown[]> {
    const account = await startAccount();
    account.aws.services.clear();
    arrange(account);
    await configure(account, { CANARY_STATE_TABLE: 'state' }, fault);
    const handler = await loadHandler();
    await outputOf(async () => {
      expect(await handler(event)).toMatchObject({ verdict: 'red' });
    });
    return [...account.aws.items.values()].flatMap(({ report }) => report?.S ?? []);
  }

  test.each<[string, ((account: Account) => void) | undefined]>([
    ['nothing is there', undefined],
    ['the first deploy is under way', ({ aws }) => aws.items.set('revision|000001', revision('open'))],
    [
      'one service is there, the other is still to come',
      ({ aws }) => aws.services.set('mcp-service', { running: 2, desired: 2, rolloutState: 'COMPLETED' }),
    ],
    ['it failed, and CloudFormation removed them', ({ aws }) => aws.items.set('revision|000001', revision('failed'))],
  ])('a red report is answered and not kept: %s', async (_, arrange) => {
    expect(await kept({ arrange })).toEqual([]);
  });

  test.each([
    ['IN_PROGRESS', true],
    ['COMPLETED', false],
    ['FAILED', false],
  ])('a service whose rollout is %s: nothing to check yet is %p', async (rolloutState, expected) => {
    const { aws } = await startAccount();
    aws.services.set('mcp-service', { running: 2, desired: 2, rolloutState: 'COMPLETED' });
    aws.services.set('catalog-service', { running: 0, desired: 2, rolloutState });
    const settings = { cluster: 'cluster', mcpService: 'mcp-service', catalogService: 'catalog-service' };
    const checks = [
      { name: 'catalog-reachable', verdict: 'fail', durationMs: 1, reason: 'server-error: 503.' } as const,
    ];
    const asked = isBeforeServices(
      { verdict: 'red', checks },
      { ...settings, stateTable: 'state' },
      { ecs: new ECSClient(), dynamodb: new DynamoDBClient() },
    );
    expect(await asked).toBe(expected);
  });

  test.each<[string, Parameters<typeof kept>[0]]>([
    ['they were deployed once', { arrange: ({ aws }) => aws.items.set('revision|000001', revision('good')) }],
    [
      'they were deployed without a proof',
      { arrange: ({ aws }) => aws.items.set('revision|000001', revision('unverified')) },
    ],
    ['it is unknown whether they were', { arrange: ({ aws }) => aws.fail('Query', 'AccessDeniedException') }],
    ['ECS does not say what runs', { arrange: ({ aws }) => aws.fail('DescribeServices', 'ClusterNotFoundException') }],
    [
      'both services stand',
      {
        arrange: ({ aws }) => {
          aws.services.set('mcp-service', { running: 2, desired: 2, rolloutState: 'COMPLETED' });
          aws.services.set('catalog-service', { running: 2, desired: 2, rolloutState: 'COMPLETED' });
        },
      },
    ],
    [
      'the deploy gate asks for its verdict',
      {
        arrange: ({ aws }) => {
          aws.services.set('mcp-service', { running: 0, desired: 0, rolloutState: 'COMPLETED' });
          aws.services.set('catalog-service', { running: 0, desired: 0, rolloutState: 'COMPLETED' });
        },
        event: { trigger: 'deploy', settling: true },
      },
    ],
    ['ECS knows nothing of services that answer', { fault: {} }],
    ['a parameter is invalid', { arrange: (account) => account.put('short', account.keySet) }],
    [
      'something else answers in their place',
      { fault: { intercept: (_, response) => answer(response, 301, 'text/plain', '') } },
    ],
  ])('a red report is kept all the same: %s', async (_, what) => {
    expect(await kept(what)).toHaveLength(1);
  });
});

test('a table that takes no report changes nothing of the verdict', async () => {
  const account = await startAccount();
  account.aws.fail('PutItem', 'AccessDeniedException');
  await configure(account, { CANARY_STATE_TABLE: 'state' });
  const handler = await loadHandler();
  const logs = await outputOf(async () => {
    expect(await handler()).toMatchObject({ verdict: 'green' });
  });
  expect(logs.join()).toContain('report not kept');
});

test.each<[unknown, ReturnType<typeof parseRequest>]>([
  [{}, { settling: false, trigger: 'direct' }],
  [undefined, { settling: false, trigger: 'direct' }],
  ['text', { settling: false, trigger: 'direct' }],
  [
    { settling: true, trigger: 'deploy' },
    { settling: true, trigger: 'deploy' },
  ],
  [
    { settling: true, trigger: 'rotation' },
    { settling: true, trigger: 'rotation' },
  ],
  [
    { settling: 'yes', trigger: 'other' },
    { settling: false, trigger: 'direct' },
  ],
])('reads the payload %j', (event, request) => {
  expect(parseRequest(event)).toEqual(request);
});
