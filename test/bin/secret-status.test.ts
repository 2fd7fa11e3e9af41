import type { CanaryReport } from '../../contract/canary-report.ts';
import { CIPHERTEXT, type FakeDeployment, startFakeDeployment } from '../cli/support/fake-deployment.ts';
import { GRACE } from '../cli/support/records.ts';
import { runCli } from '../cli/support/run-cli.ts';
import { closeServers } from '../lambda/support/servers.ts';

/** Each test starts the whole program, on a machine that may be busy. */
jest.setTimeout(60_000);

const STATUS = ['secret', 'status', '--environment', 'production'] as const;
const SECRET = '/quilt/mcp-server/jwt-secret';

const REPORT: CanaryReport = {
  verdict: 'red',
  trigger: 'direct',
  startedAt: '2026-01-02T03:04:05.678Z',
  durationMs: 900,
  attempts: 1,
  url: 'https://quilt.example.org',
  keyIds: { signing: '', accepted: [] },
  tools: [],
  tasks: {
    mcp: [{ task: 'mcp-1', keyIds: ['frontend-enhanced.AAAAAAAA', 'frontend-enhanced.BBBBBBBB'] }],
    catalog: [],
  },
  services: [],
  checks: [{ name: 'key-ids-agree', verdict: 'fail', durationMs: 3, reason: 'they do not' }],
};

let aws: FakeDeployment;
beforeEach(async () => {
  aws = await startFakeDeployment();
  aws.canary = REPORT;
  aws.parameters = [
    { Name: SECRET, Type: 'SecureString', Value: CIPHERTEXT, Version: 3, LastModifiedDate: 1767322860 },
  ];
});
afterEach(closeServers);

test.each([
  ['for people', []],
  ['as a document', ['--json']],
])('asks for no value and shows none, %s', async (_, flags) => {
  aws.record = GRACE;
  const { status, stdout, stderr } = await runCli([...STATUS, ...flags], aws.endpoint);
  expect(stdout).toContain('frontend-enhanced.BBBBBBBB');
  expect(stdout + stderr).not.toContain(CIPHERTEXT);
  expect(aws.calls).toContainEqual({
    operation: 'GetParameters',
    input: { Names: [SECRET, '/quilt/mcp-server/jwt-verification-keys'], WithDecryption: false },
  });
  expect(status).toBe(0);
});

test('is one document with parameters, rotation and tasks', async () => {
  aws.record = GRACE;
  const { stdout } = await runCli([...STATUS, '--json'], aws.endpoint);
  expect(JSON.parse(stdout)).toEqual({
    parameters: [
      { name: SECRET, version: 3, modifiedAt: '2026-01-02T03:01:00.000Z' },
      { name: '/quilt/mcp-server/jwt-verification-keys' },
    ],
    rotation: expect.objectContaining({
      phase: 'grace',
      driver: { state: 'running' },
      graceUntil: '2026-01-02T03:03:05.000Z',
    }),
    nextRotation: { state: 'under-way' },
    canary: { verdict: 'red', tasks: REPORT.tasks, services: [], failed: ['key-ids-agree'] },
  });
});

test('checks whether the execution of the record is alive, and says what to run if not', async () => {
  aws.record = GRACE;
  aws.execution = { status: 'ABORTED', stopDate: 1767322890 };
  const driver = { state: 'ended', status: 'ABORTED', endedAt: '2026-01-02T03:01:30.000Z' };
  const document = await runCli([...STATUS, '--json'], aws.endpoint);
  expect(JSON.parse(document.stdout)).toMatchObject({
    rotation: { driver },
    nextRotation: { state: 'execution-ended' },
  });
  const { status, stdout } = await runCli(STATUS, aws.endpoint);
  expect(stdout).toContain(
    'ended (ABORTED, 2026-01-02T03:01:30.000Z): run bin/quiltctl rotate --resume --environment production\n',
  );
  expect(status).toBe(0);
});

test('shows the rest and exits with 4 when the caller may not ask Step Functions', async () => {
  aws.record = GRACE;
  aws.answers.set('DescribeExecution', { status: 400, body: { __type: 'AccessDeniedException', message: 'Said AWS' } });
  const { status, stdout } = await runCli(STATUS, aws.endpoint);
  expect(stdout).toMatch(/^ {2}execution .* could not be checked: .*Said AWS/m);
  expect(stdout).toContain('Canary red: key-ids-agree.');
  expect(status).toBe(4);
});

test('says what creates the record while there is none', async () => {
  const { status, stdout } = await runCli(STATUS, aws.endpoint);
  expect(stdout).toContain('No rotation has been recorded yet');
  expect(stdout).toContain('Canary red: key-ids-agree.');
  expect(status).toBe(0);
});

test('shows the rest and exits with 4 when the canary does not answer', async () => {
  aws.record = GRACE;
  aws.answers.set('Invoke', { status: 404, body: { __type: 'ResourceNotFoundException', message: 'Said AWS' } });
  const { status, stdout } = await runCli(STATUS, aws.endpoint);
  expect(stdout).toContain('frontend-enhanced.BBBBBBBB');
  expect(stdout).toMatch(/^Canary did not answer: .*Said AWS/m);
  expect(status).toBe(4);
});

test('exits with 4 when AWS is unreachable', async () => {
  await closeServers();
  const { status, stdout, stderr } = await runCli(STATUS, aws.endpoint);
  expect(stdout).toBe('');
  expect(stderr).toContain('Is the environment deployed');
  expect(status).toBe(4);
});
