import type { handler } from '../../../lambda/rotation/handler.ts';
import { EXECUTION, FakeAccount, KEY_SET, SECRET } from '../deploy-gate/fake-account.ts';
import { outputOf } from '../support/captured-output.ts';
import { useFakeAws } from '../support/fake-aws.ts';
import { closeServers } from '../support/servers.ts';
import { startScriptedAws } from './support/scripted-aws.ts';
import { ENVIRONMENT } from './support/settings.ts';

const CONFIGURED = Object.keys(process.env);

const CALL = { execution: EXECUTION, command: { command: 'rotate', trigger: 'manual' } };

beforeEach(() => {
  Object.assign(process.env, ENVIRONMENT);
});

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!CONFIGURED.includes(name)) delete process.env[name];
  await closeServers();
});

/** The function as Lambda loads it, with the environment of now. */
async function loadHandler(): Promise<typeof handler> {
  jest.resetModules();
  return (await import('../../../lambda/rotation/handler.ts')).handler;
}

/** Calls the function; gives what it threw and all that it logged. */
async function failureOf(event: unknown) {
  const load = await loadHandler();
  let error: unknown;
  const logs = await outputOf(async () => {
    error = await load(event).catch((thrown) => thrown);
  });
  return { error, shown: `${String(error)}\n${JSON.stringify(error)}\n${logs.join('\n')}` };
}

test('an unexpected AWS error is reported by its name, without its message', async () => {
  const account = await FakeAccount.start();
  useFakeAws(account.endpoint);
  account.failing.add('GetItem');
  const { error, shown } = await failureOf(CALL);
  expect(error).toMatchObject({
    name: 'AwsCallFailed',
    message: expect.stringMatching(/^dynamodb:GetItem failed with AccessDeniedException\./),
  });
  expect(shown).not.toContain('not-to-be-seen');
});

test('says what the environment lacks, or what is wrong with the call, before AWS is asked for anything', async () => {
  const account = await FakeAccount.start();
  useFakeAws(account.endpoint);
  const { error } = await failureOf({ ...CALL, command: { command: 'rotate' } });
  expect(error).toMatchObject({ name: 'InvalidCall' });
  delete process.env.ROTATION_CLUSTER;
  const { error: lack } = await failureOf(CALL);
  expect(lack).toMatchObject({ name: 'SettingsError', message: expect.stringContaining('ROTATION_CLUSTER') });
  expect(account.operations).toEqual([]);
});

test('answers what the state machine goes by', async () => {
  const value = 'a-value-that-a-person-wrote-not-to-be-seen';
  const version = { Type: 'SecureString', Version: 1, LastModifiedDate: 1_767_225_600 };
  const asked = await startScriptedAws({
    GetItem: () => ({}),
    GetParameters: () => ({
      Parameters: [
        { Name: SECRET, Value: value, ...version },
        { Name: KEY_SET, Value: value, ...version },
      ],
    }),
  });
  const load = await loadHandler();
  let answer: unknown;
  const logs = await outputOf(async () => {
    answer = await load(CALL);
  });
  expect(answer).toMatchObject({ result: 'refused', code: 'parameters-invalid' });
  expect(JSON.stringify(answer) + logs.join()).not.toContain(value);
  expect(asked.map(({ operation }) => operation)).toEqual(['GetItem', 'GetParameters']);
});
