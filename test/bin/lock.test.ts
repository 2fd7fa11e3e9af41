import { startFakeDeployment } from '../cli/support/fake-deployment.ts';
import { EXECUTION } from '../cli/support/records.ts';
import { runCli } from '../cli/support/run-cli.ts';
import { closeServers } from '../lambda/support/servers.ts';

/** Each test starts the whole program, on a machine that may be busy. */
jest.setTimeout(60_000);

const PRODUCTION = ['--environment', 'production'] as const;

afterEach(closeServers);

test('prints the status of the lock as one JSON document', async () => {
  const aws = await startFakeDeployment();
  const holder = { kind: 'rotation', owner: EXECUTION, takenAt: '2026-01-02T03:00:00.000Z' };
  const Item = Object.fromEntries(Object.entries(holder).map(([name, S]) => [name, { S }]));
  aws.answers.set('GetItem', { body: { Item } });
  aws.answers.set('Query', { body: { Items: [] } });
  const { status, stdout } = await runCli(['lock', 'status', '--json', ...PRODUCTION], aws.endpoint);
  const life = { state: 'alive', detail: 'its execution manual-20260102T030000-beef is running' };
  expect(JSON.parse(stdout)).toEqual({ lock: { ...holder, life }, releases: [] });
  expect(status).toBe(0);
});

test('a forced release without a reason exits with 2 before asking AWS', async () => {
  const aws = await startFakeDeployment();
  const { status, stderr } = await runCli(['lock', 'release', '--force', ...PRODUCTION], aws.endpoint);
  expect(stderr).toContain('add --reason TEXT');
  expect(status).toBe(2);
  expect(aws.calls).toEqual([]);
});
