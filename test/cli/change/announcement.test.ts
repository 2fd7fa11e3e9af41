import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announce, commitOf, triggerOf, withdraw } from '../../../cli/change/announcement.ts';
import { contextOf } from '../../../cli/change/synthesis.ts';
import { announcementMap } from '../../../contract/revision.ts';
import { closeServers } from '../../lambda/support/servers.ts';
import { scriptedAws } from '../preflight/support/scripted-aws.ts';

const ANNOUNCEMENT = { by: 'arn:alice', commit: 'c0ffee', dirty: true, versions: { 'aws-cdk': '2.0.0' } };

afterEach(closeServers);

test('an announcement is bound to one template and expires after an hour', async () => {
  const { clients, asked } = await scriptedAws({ PutItem: {} });
  await announce({ dynamodb: clients.dynamodb, stateTable: 'the-table', trigger: 'the-trigger' }, ANNOUNCEMENT, 5_000);
  expect(asked.map(({ input }) => input)).toEqual([
    {
      TableName: 'the-table',
      Item: {
        pk: { S: 'announcement' },
        sk: { S: 'the-trigger' },
        announcement: announcementMap(ANNOUNCEMENT),
        expiresAt: { N: '3605' },
      },
    },
  ]);
});

test('withdraws only our own announcement, if it still exists', async () => {
  const { clients, asked } = await scriptedAws({ DeleteItem: { error: 'ConditionalCheckFailedException' } });
  await withdraw({ dynamodb: clients.dynamodb, stateTable: 'the-table', trigger: 'the-trigger' }, ANNOUNCEMENT);
  expect(asked[0]?.input).toMatchObject({
    Key: { pk: { S: 'announcement' }, sk: { S: 'the-trigger' } },
    ConditionExpression: 'announcement = :ours',
    ExpressionAttributeValues: { ':ours': announcementMap(ANNOUNCEMENT) },
  });
});

test('the trigger of the deploy gate identifies a template; a template without a gate is rejected', () => {
  const gate = { Type: 'Custom::DeployGate', Properties: { Trigger: 'the-trigger' } };
  expect(triggerOf({ Resources: { Gate: gate, Other: { Type: 'AWS::ECS::Service' } } })).toBe('the-trigger');
  expect(() => triggerOf({ Resources: {} })).toThrow('has no deploy gate');
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quilt-commit-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
    cwd: directory,
    encoding: 'utf8',
  }).trim();

test('reports the commit of a working tree, and dirty for an uncommitted file', async () => {
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'first');
  expect(await commitOf(directory)).toEqual({ commit: git('rev-parse', 'HEAD'), dirty: false });
  writeFileSync(join(directory, 'new'), '');
  expect(await commitOf(directory)).toMatchObject({ dirty: true });
});

test('reports no commit without a repository or without a commit in it', async () => {
  expect(await commitOf(directory)).toBeUndefined();
  git('init', '--quiet');
  expect(await commitOf(directory)).toBeUndefined();
});

test('-c takes the known context keys, with the syntax of the CDK CLI', () => {
  expect(contextOf(['canary=report', 'reason=it has to = be'])).toEqual({ canary: 'report', reason: 'it has to = be' });
  for (const wrong of ['nonsense=1', 'canary', '=x', '__proto__=x']) {
    expect(() => contextOf([wrong])).toThrow(expect.objectContaining({ exitCode: 2 }));
  }
  expect(() => contextOf(['environment=production'])).toThrow(/--environment/);
});
