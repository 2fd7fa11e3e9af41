import type { handler } from '../../../lambda/deploy-gate/handler.ts';
import { outputOf } from '../support/captured-output.ts';
import { useFakeAws } from '../support/fake-aws.ts';
import { bodyOf, closeServers, serve } from '../support/servers.ts';
import { eventOf, TRIGGER } from './events.ts';
import { FakeAccount, KEY_SET, SECRET, STACK, templateOf } from './fake-account.ts';

const ENVIRONMENT = {
  DEPLOY_GATE_STATE_TABLE: 'state',
  DEPLOY_GATE_CANARY_FUNCTION: 'quilt-canary',
  DEPLOY_GATE_SECRET_PARAMETER: SECRET,
  DEPLOY_GATE_KEY_SET_PARAMETER: KEY_SET,
  DEPLOY_GATE_REVISION_BUCKET: 'revisions-bucket',
  DEPLOY_GATE_KEEP_REVISIONS: '200',
  DEPLOY_GATE_ENVIRONMENT: 'production',
  DEPLOY_GATE_CONTRACT_VERSION: '1',
};

let account: FakeAccount;

beforeEach(async () => {
  account = await FakeAccount.start();
  account.templates.set(STACK, templateOf(TRIGGER));
  useFakeAws(account.endpoint);
  Object.assign(process.env, ENVIRONMENT);
  // A handler keeps its clients, and a client its endpoint: each test gets its own.
  jest.resetModules();
});

afterEach(closeServers);

/** Sends one event through the real handler and gives the responses that CloudFormation got, and all log text. */
async function send(...args: Parameters<typeof eventOf>) {
  const responses: Record<string, unknown>[] = [];
  const origin = await serve(async (request, response) => {
    responses.push(JSON.parse(await bodyOf(request)));
    response.end();
  });
  const event = { ...eventOf(...args), ResponseURL: `${origin}/response?signature=not-to-be-seen` };
  const fresh = (await import('../../../lambda/deploy-gate/handler.ts')).handler as typeof handler;
  const logs = await outputOf(() => fresh(event));
  return { responses, logs: logs.join('\n') };
}

test('answers once, logs one line and nothing of the event', async () => {
  const { responses, logs } = await send('gate');
  expect(responses).toEqual([
    expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'gate', StackId: STACK }),
  ]);
  expect(logs.split('\n')).toHaveLength(1);
  expect(JSON.parse(logs)).toEqual({
    level: 'info',
    message: 'deploy admitted',
    revision: 1,
    template: 'revisions/000001.json',
    announcedBy: null,
    rollbackTo: null,
    secretVersion: 3,
    keySetVersion: 5,
    failedBefore: [],
    skippedBefore: [],
    breakGlass: null,
  });
});

test('a gate without its settings refuses a deploy, naming what it lacks, and no rollback', async () => {
  delete process.env.DEPLOY_GATE_STATE_TABLE;
  const forward = await send('gate');
  expect(forward.responses).toEqual([
    expect.objectContaining({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^settings-invalid: The deploy gate lacks DEPLOY_GATE_STATE_TABLE\./),
    }),
  ]);
  account.stacks.set(STACK, 'UPDATE_ROLLBACK_IN_PROGRESS');
  for (const kind of ['Rollback', 'Delete'] as const) {
    const { responses } = await send('verdict', { kind });
    expect(responses).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
  }
});
