import { parseRequest } from '../../../lambda/canary/request.ts';
import { outputOf } from '../support/captured-output.ts';
import { useFakeAws } from '../support/fake-aws.ts';
import { type Account, startAccount } from './account.ts';
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

async function configure(account: Account, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const { origin } = await account.start();
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

test('keeps the report that it answers, a red one too, and what is tolerated is told as such', async () => {
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
