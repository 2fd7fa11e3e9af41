import { SFNClient } from '@aws-sdk/client-sfn';
import { commandOf } from '../../cli/rotation/command-of.ts';
import { Executions, isOver } from '../../cli/rotation/executions.ts';
import { outcomeOf } from '../../cli/rotation/outcome.ts';
import { closeServers, unusedOrigin } from '../lambda/support/servers.ts';
import { startFakeDeployment } from './support/fake-deployment.ts';
import { EXECUTION, MACHINE } from './support/records.ts';

afterEach(closeServers);

function executionsAt(endpoint: string): Executions {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'not-a-credential' };
  return new Executions(new SFNClient({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials }), MACHINE);
}

function answered(progress: Record<string, string>) {
  return { status: 'SUCCEEDED', output: JSON.stringify({ message: 'Said so.', ...progress }) };
}

test.each([
  ['done', 0, answered({ result: 'done', outcome: 'rotated' })],
  ['a rotation that runs', 3, answered({ result: 'refused', code: 'rotation-under-way' })],
  ['a secret that cannot be used', 2, answered({ result: 'refused', code: 'incoming-invalid' })],
  ['a rotation that went back', 5, { status: 'FAILED', error: 'undone', cause: 'Said so.' }],
  ['a rotation that stands still', 5, { status: 'FAILED', error: 'stopped', cause: 'Said so.' }],
])('%s is exit code %i, with the function’s own words', async (_, exitCode, execution) => {
  const aws = await startFakeDeployment();
  aws.execution = execution;
  const found = await executionsAt(aws.endpoint).describe(EXECUTION);
  expect(found && outcomeOf(found)).toEqual({ exitCode, message: 'Said so.' });
});

test.each([
  ['States.Timeout', { status: 'TIMED_OUT', error: 'States.Timeout' }],
  ['ABORTED', { status: 'ABORTED' }],
  [
    'Error: it broke',
    { status: 'FAILED', error: 'Error', cause: '{"errorMessage":"it broke","trace":["at secret.ts"]}' },
  ],
  ['without an answer', { status: 'SUCCEEDED', output: '{"result":"wait","message":"?"}' }],
])('an end without the function’s words is exit code 5 and says %s, without a stack trace', async (says, execution) => {
  const aws = await startFakeDeployment();
  aws.execution = execution;
  const found = await executionsAt(aws.endpoint).describe(EXECUTION);
  const { exitCode, message } = found ? outcomeOf(found) : { exitCode: 0, message: '' };
  expect(exitCode).toBe(5);
  expect(message).toContain(says);
  expect(message).not.toContain('secret.ts');
});

test.each(['RUNNING', 'PENDING_REDRIVE'])('%s is no end', async (status) => {
  const aws = await startFakeDeployment();
  aws.execution = { status };
  expect(isOver((await executionsAt(aws.endpoint).describe(EXECUTION)) ?? fail())).toBe(false);
});

test('an execution that is not visible yet is none, and what cannot be reached is exit code 4', async () => {
  const aws = await startFakeDeployment();
  aws.answers.set('DescribeExecution', { status: 400, body: { __type: 'ExecutionDoesNotExist' } });
  expect(await executionsAt(aws.endpoint).describe(EXECUTION)).toBeUndefined();
  const nobody = executionsAt(await unusedOrigin());
  await expect(nobody.describe(EXECUTION)).rejects.toMatchObject({ exitCode: 4 });
  await expect(nobody.start({ command: 'rotate', trigger: 'manual' })).rejects.toMatchObject({ exitCode: 4 });
});

test.each([
  [{}, { command: 'rotate' }],
  [{ resume: true }, { command: 'resume' }],
  [{ abort: true }, { command: 'abort' }],
  [{ revokeNow: true }, { command: 'revoke' }],
  [{ fromParameter: '/quilt/incoming/a/b' }, { command: 'rotate', fromParameter: '/quilt/incoming/a/b' }],
])('%j is the command %j', (options, command) => {
  expect(commandOf(options, 'quilt')).toEqual({ ...command, trigger: 'manual' });
});

test.each([
  '/quilt/incoming/',
  '/quilt/incoming//a',
  '/quilt/incoming',
  '/other/incoming/a',
  'incoming/a',
  '/quilt/incoming/a:1',
])('no secret is taken from %s', (fromParameter) => {
  expect(() => commandOf({ fromParameter }, 'quilt')).toThrow(/SecureString below \/quilt\/incoming\//);
});

test('what was given for a parameter is never repeated: it may be the secret', () => {
  const fromParameter = 'a-secret-in-place-of-its-name';
  expect(() => commandOf({ fromParameter }, 'quilt')).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.not.stringContaining(fromParameter) }),
  );
});

function fail(): never {
  throw new Error('There is no execution.');
}
