import { type FakeDeployment, startedIn, startFakeDeployment } from '../cli/support/fake-deployment.ts';
import { CREATE, EXECUTION, IDLE, MACHINE } from '../cli/support/records.ts';
import { runCli } from '../cli/support/run-cli.ts';
import { closeServers } from '../lambda/support/servers.ts';

/** Each test starts the whole program, on a machine that may be busy. */
jest.setTimeout(60_000);

const PRODUCTION = ['--environment', 'production'] as const;

let aws: FakeDeployment;
beforeEach(async () => {
  aws = await startFakeDeployment();
});
afterEach(closeServers);

function succeed(output: Record<string, unknown>): void {
  aws.execution = { status: 'SUCCEEDED', output: JSON.stringify(output) };
}

test('starts a rotation and says how to follow it', async () => {
  aws.record = CREATE;
  const { status, stdout, stderr } = await runCli(['rotate', ...PRODUCTION], aws.endpoint);
  expect(stderr).toBe('');
  expect(stdout).toContain('Rotation started: manual-20260102T030000-beef; follow it with');
  expect(stdout).toContain('bin/quiltctl rotate --watch --environment production');
  expect(status).toBe(0);
  const start = aws.calls.find(({ operation }) => operation === 'StartExecution');
  expect(start?.input).toEqual({
    stateMachineArn: MACHINE,
    name: expect.stringMatching(/^manual-\d{8}T\d{6}-[0-9a-f]{4}$/),
    input: '{"command":"rotate","trigger":"manual"}',
  });
});

test('a revocation prints its consequences on standard error, then its result', async () => {
  succeed({ result: 'done', outcome: 'revoked', message: 'Refused meanwhile: 3.' });
  const { status, stdout, stderr } = await runCli(['rotate', '--revoke-now', '--yes', ...PRODUCTION], aws.endpoint);
  expect(startedIn(aws)).toEqual([{ command: 'revoke', trigger: 'manual' }]);
  expect(stderr).toMatch(/^This revokes the secret now\. Tokens signed so far, .* are refused/);
  expect(stdout).toMatch(/\nRevocation finished in [^\n]+: Refused meanwhile: 3\.\n$/);
  expect(stdout).not.toContain('This revokes');
  expect(status).toBe(0);
});

test('--json: prints only the document on standard output, and exits with 3 when refused', async () => {
  const progress = { result: 'refused', code: 'deploy-under-way', message: 'Said so.' };
  succeed(progress);
  aws.record = IDLE;
  const { status, stdout, stderr } = await runCli(['rotate', '--watch', '--json', ...PRODUCTION], aws.endpoint);
  expect(JSON.parse(stdout)).toEqual({
    execution: { arn: EXECUTION, status: 'SUCCEEDED', startedAt: '2026-01-02T03:00:00.000Z' },
    progress,
    record: expect.objectContaining({ phase: 'idle', signingKeyId: 'frontend-enhanced.AAAAAAAA' }),
  });
  expect(stderr).toBe('Said so.\n');
  expect(status).toBe(3);
});

test('Ctrl-C stops the watching only, and says so', async () => {
  aws.record = CREATE;
  let pressed = false;
  const { status, stdout } = await runCli(['rotate', '--watch', ...PRODUCTION], aws.endpoint, (child, seen) => {
    if (pressed || !seen.includes('createSecret')) return;
    pressed = true;
    // As under npm, which hands it on although the terminal has sent it.
    child.kill('SIGINT');
    child.kill('SIGINT');
  });
  expect(stdout).toContain('A rotation is already running; following it: manual-20260102T030000-beef');
  expect(stdout).toContain('Stopped watching; manual-20260102T030000-beef continues.');
  expect(status).toBe(0);
  expect(aws.calls.map(({ operation }) => operation)).not.toContain('StopExecution');
  expect(startedIn(aws)).toEqual([]);
});

test.each([
  ['two modes', ['--resume', '--abort'], '--resume and --abort cannot be combined'],
  ['a revocation that nobody confirms', ['--revoke-now'], 'Add --yes'],
  ['a parameter elsewhere', ['--from-parameter', '/quilt/mcp-server/jwt-secret'], '--name /quilt/incoming/next'],
  ['an option that is not known', ['--now'], "unknown option '--now'"],
])('refuses %s with exit code 2 before asking AWS', async (_, flags, says) => {
  const { status, stdout, stderr } = await runCli(['rotate', ...PRODUCTION, ...flags], aws.endpoint);
  expect(stderr).toContain(says);
  expect(stdout).toBe('');
  expect(status).toBe(2);
  expect(aws.calls).toEqual([]);
});

test('exits with 3 when AWS refuses the caller', async () => {
  aws.answers.set('StartExecution', { status: 400, body: { __type: 'AccessDeniedException', message: 'Said AWS' } });
  const { status, stderr } = await runCli(['rotate', ...PRODUCTION], aws.endpoint);
  expect(stderr).toContain(`Could not start the rotation ${MACHINE}: Said AWS.`);
  expect(status).toBe(3);
});
