import { SFNClient } from '@aws-sdk/client-sfn';
import { readDriven } from '../../../cli/rotation/driver.ts';
import { type Execution, isOver } from '../../../cli/rotation/execution.ts';
import { Executions } from '../../../cli/rotation/executions.ts';
import { type Closing, outcomeOf } from '../../../cli/rotation/outcome.ts';
import { commandOf } from '../../../cli/rotation/rotate.ts';
import type { RotationRecord } from '../../../contract/rotation.ts';
import { closeServers, unusedOrigin } from '../../lambda/support/servers.ts';
import { startFakeDeployment } from '../support/fake-deployment.ts';
import { CREATE, EXECUTION, IDLE, MACHINE, NEXT } from '../support/records.ts';

afterEach(closeServers);

function executionsAt(endpoint: string): Executions {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'not-a-credential' };
  return new Executions(new SFNClient({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials }), MACHINE);
}

function answered(progress: Record<string, string>) {
  return { status: 'SUCCEEDED', output: JSON.stringify({ message: 'Said so.', ...progress }) };
}

/** Four minutes and twelve seconds. */
const TIMES = { startDate: 1767322800, stopDate: 1767323052 };
const CLOSING: Closing = {
  record: { ...IDLE, current: NEXT, intended: { signing: NEXT.thumbprint, accepted: [NEXT.thumbprint] } },
  resumed: false,
  now: Date.parse('2026-01-02T05:00:00.000Z'),
  resumeCommand: 'bin/quiltctl rotate --resume --environment production',
};
const WENT_BACK: Partial<Closing> = { record: IDLE };

type Ending = readonly [says: string, exitCode: number, execution: Record<string, unknown>, closing: Partial<Closing>];

test.each<Ending>([
  [
    'Rotation finished in 4 min 12 s; frontend-enhanced.BBBBBBBB signs: Said so.',
    0,
    answered({ result: 'done', outcome: 'rotated' }),
    {},
  ],
  [
    'Rotation finished in 4 min 12 s: frontend-enhanced.BBBBBBBB signs.',
    0,
    answered({ result: 'done', outcome: 'rotated', message: 'frontend-enhanced.BBBBBBBB signs.' }),
    {},
  ],
  [
    'Resumed rotation finished in 4 min 12 s; frontend-enhanced.BBBBBBBB signs: Said so.',
    0,
    answered({ result: 'done', outcome: 'rotated' }),
    { resumed: true },
  ],
  [
    'Revocation finished in 4 min 12 s; frontend-enhanced.BBBBBBBB signs: Said so.',
    0,
    answered({ result: 'done', outcome: 'revoked' }),
    {},
  ],
  [
    'Repair finished in 4 min 12 s; frontend-enhanced.AAAAAAAA signs: Said so.',
    0,
    answered({ result: 'done', outcome: 'repaired' }),
    WENT_BACK,
  ],
  [
    'Rotation rolled back after 4 min 12 s; frontend-enhanced.AAAAAAAA signs as before: Said so.',
    0,
    answered({ result: 'done', outcome: 'aborted' }),
    WENT_BACK,
  ],
  ['Ended after 4 min 12 s: Said so.', 0, answered({ result: 'done', outcome: 'superseded' }), { record: undefined }],
  ['Said so.', 3, answered({ result: 'refused', code: 'rotation-under-way' }), {}],
  ['Said so.', 2, answered({ result: 'refused', code: 'incoming-invalid' }), {}],
  [
    'Rotation rolled back after 4 min 12 s; frontend-enhanced.AAAAAAAA signs as before: Said so.',
    5,
    { status: 'FAILED', error: 'undone', cause: 'Said so.' },
    WENT_BACK,
  ],
  [
    'Rotation failed after 4 min 12 s; frontend-enhanced.BBBBBBBB signs: Said so.',
    5,
    { status: 'FAILED', error: 'stopped', cause: 'Said so.' },
    {},
  ],
])('the closing line is "%s", with exit code %i', async (message, exitCode, execution, closing) => {
  const aws = await startFakeDeployment();
  aws.execution = { ...TIMES, ...execution };
  const found = await executionsAt(aws.endpoint).describe(EXECUTION);
  expect(found && outcomeOf(found, { ...CLOSING, ...closing })).toEqual({ exitCode, message });
});

test('measures the duration until now when the end is unknown', async () => {
  const aws = await startFakeDeployment();
  aws.execution = answered({ result: 'done', outcome: 'rotated' });
  const found = await executionsAt(aws.endpoint).describe(EXECUTION);
  expect(found && outcomeOf(found, CLOSING).message).toMatch(/^Rotation finished in 2 h 0 min/);
});

test.each([
  ['States.Timeout', { status: 'TIMED_OUT', error: 'States.Timeout' }],
  ['ABORTED', { status: 'ABORTED' }],
  [
    'Error: it broke',
    { status: 'FAILED', error: 'Error', cause: '{"errorMessage":"it broke","trace":["at secret.ts"]}' },
  ],
  ['without an answer', { status: 'SUCCEEDED', output: '{"result":"wait","message":"?"}' }],
])('an execution without a result exits with 5 and says %s, without a stack trace', async (says, execution) => {
  const aws = await startFakeDeployment();
  aws.execution = { ...TIMES, ...execution };
  const found = (await executionsAt(aws.endpoint).describe(EXECUTION)) ?? fail();
  const { exitCode, message } = outcomeOf(found, CLOSING);
  expect(exitCode).toBe(5);
  expect(message).toContain(says);
  expect(message).toContain(
    `ended without a result after 4 min 12 s (${execution.status}, 2026-01-02T03:04:12.000Z); frontend-enhanced.BBBBBBBB signs: `,
  );
  expect(message).toMatch(/then run bin\/quiltctl rotate --resume --environment production\.$/);
  expect(message).not.toContain('secret.ts');
});

test.each(['RUNNING', 'PENDING_REDRIVE'])('%s does not count as ended', async (status) => {
  const aws = await startFakeDeployment();
  aws.execution = { status };
  expect(isOver((await executionsAt(aws.endpoint).describe(EXECUTION)) ?? fail())).toBe(false);
});

test('returns nothing for an execution that is not visible yet, and exits with 4 when AWS is unreachable', async () => {
  const aws = await startFakeDeployment();
  aws.answers.set('DescribeExecution', { status: 400, body: { __type: 'ExecutionDoesNotExist' } });
  expect(await executionsAt(aws.endpoint).describe(EXECUTION)).toBeUndefined();
  const nobody = executionsAt(await unusedOrigin());
  await expect(nobody.describe(EXECUTION)).rejects.toMatchObject({ exitCode: 4 });
  await expect(nobody.start({ command: 'rotate', trigger: 'manual' })).rejects.toMatchObject({ exitCode: 4 });
});

describe('a record with its execution', () => {
  /** Reads one record after the other; the last one stays. */
  const reads = (...records: readonly RotationRecord[]) => {
    const left = [...records];
    return async () => (left.length > 1 ? left.shift() : left[0]);
  };
  const ended: Execution = { arn: EXECUTION, status: 'SUCCEEDED', startedAt: '2026-01-02T03:00:00.000Z' };

  test('is idle when the execution ended between the two requests', async () => {
    const rested: RotationRecord = { ...IDLE, revision: CREATE.revision + 1 };
    const found = await readDriven(reads(CREATE, rested), async () => ended);
    expect(found).toEqual({ record: rested });
  });

  test('has no driver when the execution ended without updating it', async () => {
    const found = await readDriven(reads(CREATE), async () => ({ ...ended, status: 'ABORTED' }));
    expect(found).toMatchObject({ record: CREATE, driver: { state: 'ended', status: 'ABORTED' } });
  });

  test('is driven by an execution that waits for a redrive', async () => {
    const found = await readDriven(reads(CREATE), async () => ({ ...ended, status: 'PENDING_REDRIVE' }));
    expect(found.driver).toEqual({ state: 'running' });
  });

  test('is not checked when idle', async () => {
    const found = await readDriven(reads(IDLE), () => fail());
    expect(found).toEqual({ record: IDLE });
  });
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

test('never repeats the given parameter: it may be the secret', () => {
  const fromParameter = 'a-secret-in-place-of-its-name';
  expect(() => commandOf({ fromParameter }, 'quilt')).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.not.stringContaining(fromParameter) }),
  );
});

function fail(): never {
  throw new Error('There is no execution.');
}
