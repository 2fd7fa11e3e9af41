import { FakeAccount } from '../cli/revisions/support/fake-account.ts';
import { revision, STACK } from '../cli/revisions/support/records.ts';
import { image } from '../cli/revisions/support/template.ts';
import { runCli } from '../cli/support/run-cli.ts';
import { closeServers } from '../lambda/support/servers.ts';

/** Each test starts the whole program, on a machine that may be busy. */
jest.setTimeout(60_000);

const PRODUCTION = ['--environment', 'production'] as const;

let account: FakeAccount;
beforeEach(async () => {
  account = await FakeAccount.start();
});
afterEach(closeServers);

const run = (...args: readonly string[]) => runCli([...args, ...PRODUCTION], account.endpoint);

test('history: lists the requested number of revisions, newest first, without reading templates', async () => {
  account.remember(...Array.from({ length: 205 }, (_, index) => revision(index + 1)));
  const { status, stdout, stderr } = await run('history', '--last', '204', '--json');
  const { current, revisions } = JSON.parse(stdout);
  expect(revisions.map(({ number }: { number: number }) => number)).toEqual(
    Array.from({ length: 204 }, (_, index) => 205 - index),
  );
  expect({ current, status, stderr }).toEqual({ current: 205, status: 0, stderr: '' });
  expect(account.operations).not.toContain('GetObject');
});

test('history: names the current revision when all listed ones have failed', async () => {
  const failed = { verdict: { S: 'failed' } };
  account.remember(revision(1), revision(2, {}, failed), revision(3, {}, failed));
  const { stdout } = await run('history', '--last', '1', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ current: 1, revisions: [{ number: 3, current: false }] });
});

test('show: prints the record as JSON, and its template byte by byte', async () => {
  const first = revision(1, { reason: 'It had to be.' });
  account.remember(first);
  const shown = await run('show', '1', '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({ number: 1, kind: 'break-glass', stackArn: STACK, failedChecks: [] });
  expect(await run('show', '1', '--template')).toEqual({ status: 0, stdout: first.text, stderr: '' });
});

test('show: asks CloudFormation for a failure that the record does not explain', async () => {
  account.events.length = 0;
  account.happens('quilt-services', 'AWS::CloudFormation::Stack', 'UPDATE_IN_PROGRESS');
  account.happens('McpService', 'AWS::ECS::Service', 'UPDATE_FAILED', 'no capacity');
  account.comesTo('UPDATE_ROLLBACK_COMPLETE');
  account.happens('quilt-services', 'AWS::CloudFormation::Stack', 'UPDATE_IN_PROGRESS');
  account.happens('McpService', 'AWS::ECS::Service', 'UPDATE_FAILED', 'of a later deploy');
  // While the first of them was under way.
  const openedAt = { S: '2026-01-02T03:00:00.500Z' };
  const lost = { verdict: { S: 'failed' }, closedBecause: { S: 'The deploy ended without a verdict.' }, openedAt };
  account.remember(revision(1), revision(2, {}, lost));
  const { stdout } = await run('show', '2');
  expect(stdout).toMatch(/^ +what failed +McpService \(AWS::ECS::Service\): no capacity\.$/m);
  account.failing.set('DescribeStackEvents', 'AccessDenied');
  const refused = await run('show', '2');
  expect(refused.stdout).toMatch(/^ +what failed +unknown: CloudFormation did not answer: AccessDenied$/m);
  expect(refused.status).toBe(0);
});

test('diff: compares with the current revision, and exits with 0 when they differ', async () => {
  account.remember(revision(1), revision(2, { mcp: image('mcp', '2') }), revision(3, {}, { verdict: { S: 'failed' } }));
  const { status, stdout } = await run('diff', '1');
  expect(stdout).toMatch(/^ +REVISION 1 +REVISION 2$/m);
  expect(stdout).toMatch(/^ +MCP image .*mcp@sha256:111111111111 .*mcp@sha256:222222222222$/m);
  expect(stdout).toMatch(/^ +catalog image .*the same$/m);
  expect(stdout).toContain(
    `    [~] ContainerDefinitions[mcp].Image\n        [-] "${image('mcp', '1')}"\n        [+] "`,
  );
  expect(stdout).not.toContain('\u001b');
  expect(status).toBe(0);
});

test('rollback --json: prints only the document on standard output, and exits with 3 when refused', async () => {
  account.remember(revision(1, {}, { verdict: { S: 'failed' } }), revision(2));
  const { status, stdout, stderr } = await run('rollback', '1', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ result: 'refused', made: null, changes: [] });
  expect(stderr).toBe('Not rolled back: a check failed. Nothing was changed.\n');
  expect(status).toBe(3);
});

test.each([
  [['show', 'newest'], 'is not a revision number'],
  [['show', '1', '--json', '--template'], 'omit --json'],
  [['history', '--last', '0'], '--last takes a whole number from 1 to 1000'],
  [['diff'], "missing required argument 'from'"],
  [['rollback', '1', '--force'], "unknown option '--force'"],
])('%j is refused with exit code 2 before asking AWS', async (args, says) => {
  const { status, stdout, stderr } = await run(...args);
  expect(stderr).toContain(says);
  expect(status).toBe(2);
  if (!args.includes('--json')) expect(stdout).toBe('');
  expect(account.operations).toEqual([]);
});

test.each(['show', 'diff', 'rollback'])('%s of a revision that does not exist exits with 2', async (command) => {
  account.remember(revision(1));
  const { status, stderr } = await run(command, '7');
  expect(stderr).toContain(
    'Revision 7 does not exist, or is no longer kept. List revisions with bin/quiltctl history.\n',
  );
  expect(status).toBe(2);
});

test.each([
  ['AWS refuses the caller', () => account.failing.set('Query', 'AccessDeniedException'), 3],
  ['nobody answers', closeServers, 4],
])('%s: has its own exit code', async (_, change, exitCode) => {
  await change();
  const { status, stdout } = await run('history');
  expect({ status, stdout }).toEqual({ status: exitCode, stdout: '' });
});
