import { closeServers } from '../../lambda/support/servers.ts';
import { CALLER, FakeAccount, modified } from '../revisions/support/fake-account.ts';
import { type Item, revision } from '../revisions/support/records.ts';
import { image, servicesTemplate, sha256 } from '../revisions/support/template.ts';
import { rollBack } from './support/roll-back.ts';

const SECOND = { mcp: image('mcp', '2') };
const CHANGES_STACK = ['ExecuteChangeSet', 'PutItem'];

let account: FakeAccount;
beforeEach(async () => {
  account = await FakeAccount.start();
  account.remember(revision(1), revision(2, SECOND));
});
afterEach(closeServers);

/** The deploy gate opens revision 3 and closes it, and the stack comes to a status. */
function deployEnds(status: string, more: Parameters<typeof revision>[2] = {}): void {
  account.remember(revision(3, {}, { announcement: announcement()?.announcement, ...more }));
  account.items.delete(announcementKey());
  account.comesTo(status);
}

const announcementKey = () => [...account.items.keys()].find((key) => key.startsWith('announcement|')) ?? '';
const announcement = (): Item | undefined => account.items.get(announcementKey());

/** Nothing of a rollback is left behind, and the stack was not touched. */
function expectUntouched(): void {
  expect(account.operations.filter((operation) => CHANGES_STACK.includes(operation))).toEqual([]);
  expect([...account.changeSets.keys()]).toEqual([]);
  expect(announcement()).toBeUndefined();
}

test('redeploys the last good revision before the current one, as a new revision', async () => {
  account.changes = [modified('McpDefinition', 'AWS::ECS::TaskDefinition', { Replacement: 'True' })];
  account.onExecute = () => {
    account.happens('McpDefinition', 'AWS::ECS::TaskDefinition', 'UPDATE_COMPLETE');
    account.happens('McpRole', 'AWS::IAM::Role', 'UPDATE_COMPLETE');
    deployEnds('UPDATE_COMPLETE');
  };
  const { lines, ...report } = await rollBack(account);
  expect(report).toMatchObject({
    result: 'rolled-back',
    exitCode: 0,
    message: 'Revision 3 is good: rolled back to 1.',
    target: 1,
    before: 2,
    made: { number: 3, current: true, kind: 'rollback', rollbackTo: 1, by: CALLER },
  });
  expect(lines).toContain('2026-01-02T03:00:01Z  McpDefinition  UPDATE_COMPLETE');
  expect(lines.join('\n')).not.toMatch(/Z {2}(before|McpRole)/);
});

test('a second rollback goes further back, skips what the first one rolled back, and says why', async () => {
  account.remember(
    revision(3),
    revision(4, {}, { verdict: { S: 'failed' } }),
    revision(5, {}, { announcement: { M: { by: { S: CALLER }, rollbackTo: { N: '2' } } } }),
  );
  const { findings, ...report } = await rollBack(account, { dryRun: true });
  expect(report).toMatchObject({
    target: 1,
    before: 5,
    skipped: [
      { number: 4, because: 'failed' },
      { number: 3, because: 'rolled-away', by: 5 },
      { number: 2, because: 'runs-now' },
    ],
  });
  expect(report.lines).toContain(
    '  ✔ no number given: revision 1 is the newest good revision before 5, the current one; ' +
      'skipped: 4 (failed), 3 (rolled back by 5), 2 (same as the current one)',
  );
  // By its number it can be gone back to all the same.
  expect(await rollBack(account, { dryRun: true, number: 3 })).toMatchObject({ target: 3, before: 5, skipped: [] });
});

test('says what was skipped when there is nothing to roll back to', async () => {
  account.remember(revision(3, {}, { announcement: { M: { by: { S: CALLER }, rollbackTo: { N: '1' } } } }));
  await expect(rollBack(account)).rejects.toMatchObject({
    exitCode: 3,
    message:
      'There is no good revision before 3 to roll back to; skipped: 2 (rolled back by 3), 1 (same as the current one). ' +
      'Choose a revision from bin/quiltctl history: bin/quiltctl rollback N.',
  });
});

test('passes CloudFormation the stored template, with the parameters that it declares', async () => {
  account.onExecute = () => deployEnds('UPDATE_COMPLETE');
  await rollBack(account, { number: 1 });
  const text = JSON.stringify(servicesTemplate());
  const key = `prepared/${sha256(text)}.json`;
  expect(account.objects.get(key)).toBe(text);
  const [changeSet] = account.changeSets.values();
  expect(changeSet).toMatchObject({
    name: expect.stringMatching(/^quiltctl-rollback-1-\d{8}T\d{6}-[0-9a-f]{4}$/),
    templateUrl: `https://s3.us-east-1.amazonaws.com/the-revisions/${key}?versionId=version-1`,
    parameters: { VpcId: '/quilt/foundation/v1/vpc-id' },
  });
});

test('the canary decides about a revision that bypassed it', async () => {
  const reason = 'It had to be.';
  account.remember(revision(1, { reason }, { verdict: { S: 'unverified' } }));
  account.onExecute = () => deployEnds('UPDATE_COMPLETE');
  await rollBack(account, { number: 1 });
  const prepared = [...account.objects].filter(([key]) => key.startsWith('prepared/')).map(([, text]) => text);
  // What would have been deployed without break-glass, with the trigger of that.
  expect(prepared.map((text) => JSON.parse(text))).toEqual([servicesTemplate()]);
});

test('a lost response does not fail a rollback that has started', async () => {
  account.onExecute = () => {
    deployEnds('UPDATE_COMPLETE');
    throw new Error('ServiceUnavailable');
  };
  expect(await rollBack(account)).toMatchObject({ result: 'rolled-back', exitCode: 0, made: { number: 3 } });
});

test('with a red canary, reports the failed checks and the restored revision', async () => {
  const failedChecks = { L: [{ M: { name: { S: 'no-token-refused' }, reason: { S: 'accepted: it was served' } } }] };
  account.onExecute = () => {
    account.happens('Verdict', 'Custom::DeployVerdict', 'UPDATE_FAILED', 'canary-red: The canary is red.');
    deployEnds('UPDATE_ROLLBACK_COMPLETE', { verdict: { S: 'failed' }, failedChecks });
  };
  expect(await rollBack(account)).toMatchObject({
    result: 'went-back',
    exitCode: 5,
    message:
      'Rollback to revision 1 failed; revision 2 was restored. Cause: the canary was red on revision 3.\n' +
      '  ✘ no-token-refused: accepted: it was served',
    made: { number: 3, current: false, verdict: 'failed' },
  });
});

test('exits with 3 when the deploy gate refuses, and withdraws the announcement', async () => {
  const said = 'Received response status [FAILED] from custom resource. Message returned: lock-held: Another deploy';
  account.onExecute = () => {
    account.happens('Gate', 'Custom::DeployGate', 'UPDATE_FAILED', `${said} (RequestId: 01-ab)`);
    account.comesTo('UPDATE_ROLLBACK_COMPLETE');
  };
  expect(await rollBack(account)).toMatchObject({
    result: 'went-back',
    exitCode: 3,
    message: expect.stringMatching(
      /^Rollback to revision 1 failed; revision 2 was restored\. Cause: the deploy gate refused it\. lock-held: Another deploy$/,
    ),
    made: null,
  });
  expect(announcement()).toBeUndefined();
});

test('exits with 1 for any other failure, with the first reason', async () => {
  account.onExecute = () => {
    account.happens('McpService', 'AWS::ECS::Service', 'UPDATE_FAILED', 'Circuit\nBreaker');
    account.happens('CatalogService', 'AWS::ECS::Service', 'UPDATE_FAILED', 'Resource update cancelled');
    deployEnds('UPDATE_ROLLBACK_COMPLETE', { verdict: { S: 'failed' } });
  };
  const { exitCode, message } = await rollBack(account);
  expect(message).toMatch(/McpService failed\. Circuit Breaker$/);
  expect(exitCode).toBe(1);
});

test('says what to do when the stack cannot roll back either', async () => {
  account.onExecute = () => {
    account.happens('McpService', 'AWS::ECS::Service', 'UPDATE_FAILED', 'no capacity');
    deployEnds('UPDATE_ROLLBACK_FAILED', { verdict: { S: 'failed' } });
  };
  const { exitCode, result, message } = await rollBack(account);
  expect(message).toContain('quilt-services is UPDATE_ROLLBACK_FAILED. McpService: no capacity');
  expect(message).toContain('aws cloudformation continue-update-rollback --stack-name quilt-services');
  expect({ exitCode, result }).toEqual({ exitCode: 1, result: 'stuck' });
});

test('a dry run shows the changes and leaves nothing behind', async () => {
  account.pending = 2;
  account.changes = [
    modified('Gate', 'Custom::DeployGate'),
    modified('McpDefinition', 'AWS::ECS::TaskDefinition', { Replacement: 'True' }),
  ];
  const { lines, ...report } = await rollBack(account, { dryRun: true });
  expect(report).toMatchObject({
    result: 'planned',
    exitCode: 0,
    changes: [
      { effect: 'change', resource: 'Gate', type: 'Custom::DeployGate', because: ['Trigger'], needsPermission: false },
      { effect: 'replace', resource: 'McpDefinition', needsPermission: false },
    ],
  });
  expect(lines.join('\n')).toMatch(/replace +McpDefinition +AWS::ECS::TaskDefinition/);
  expectUntouched();
});

test.each([
  ['replaced', modified('McpTargets', 'AWS::ElasticLoadBalancingV2::TargetGroup', { Replacement: 'True' })],
  ['removed', { Action: 'Remove', LogicalResourceId: 'McpTargets', ResourceType: 'AWS::EC2::SecurityGroup' }],
])('what would be %s needs --allow-replacement, in a dry run too', async (_, change) => {
  account.changes = [change];
  const refused = { result: 'refused', exitCode: 3, message: expect.stringContaining('McpTargets') };
  expect(await rollBack(account)).toMatchObject(refused);
  expect(await rollBack(account, { dryRun: true })).toMatchObject(refused);
  expectUntouched();
  account.onExecute = () => deployEnds('UPDATE_COMPLETE');
  expect(await rollBack(account, { allowReplacement: true })).toMatchObject({ result: 'rolled-back', exitCode: 0 });
});

test('no changes are no failure', async () => {
  account.notMade =
    "The submitted information didn't contain changes. Submit different information to create a change set.";
  expect(await rollBack(account, { number: 2 })).toMatchObject({ result: 'no-changes', exitCode: 0, changes: [] });
  expectUntouched();
});

test('reports why CloudFormation rejects a template', async () => {
  account.notMade = 'Parameters: [VpcId] do not exist in Parameter Store';
  await expect(rollBack(account)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('[VpcId] do not exist in Parameter Store. Nothing was changed.'),
  });
  expectUntouched();
});

test.each([
  ['it failed', { verdict: { S: 'failed' } }, 'its deployment failed'],
  ['nobody has judged it', { verdict: { S: 'open' } }, 'it has no verdict'],
  ['it has no template', { template: undefined }, 'its template was not kept'],
])('refuses a revision when %s', async (_, more, detail) => {
  account.remember(revision(1, {}, more));
  const { findings, ...report } = await rollBack(account, { number: 1 });
  expect(findings).toContainEqual(expect.objectContaining({ about: 'revision 1', state: 'failed', detail }));
  expect(report).toMatchObject({ result: 'refused', exitCode: 3 });
  expect(account.operations).not.toContain('CreateChangeSet');
});

test.each([
  ['written over', () => account.objects.set('revisions/000001.json', JSON.stringify(servicesTemplate(SECOND)))],
  ['removed', () => account.objects.delete('revisions/000001.json')],
  [
    'made without a gate',
    () => {
      const { Gate: _, ...Resources } = servicesTemplate().Resources;
      const text = JSON.stringify({ Resources });
      const template = { M: { key: { S: 'revisions/000001.json' }, sha256: { S: sha256(text) } } };
      account.remember({ ...revision(1, {}, { template }), text });
    },
  ],
])('a template that was %s is not deployed', async (_, change) => {
  change();
  await expect(rollBack(account)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('revision 1'),
  });
  expect(account.operations).not.toContain('CreateChangeSet');
});

test('a held lock blocks the rollback, and all other checks are reported too', async () => {
  const owner = { S: 'arn:aws:states:us-east-1:111122223333:execution:quilt-rotation:one' };
  const takenAt = { S: '2026-01-01T00:00:00Z' };
  account.items.set('lock|-', { pk: { S: 'lock' }, sk: { S: '-' }, kind: { S: 'rotation' }, owner, takenAt });
  account.remember(revision(1, SECOND));
  account.missingImages.add(SECOND.mcp.split('@')[1] ?? '');
  const { findings, exitCode } = await rollBack(account);
  const failed = findings.filter(({ state }) => state === 'failed').map(({ about }) => about);
  expect(failed).toEqual(['deploy lock', expect.stringContaining('mcp@sha256:222222222222')]);
  expect(exitCode).toBe(2);
  expectUntouched();
});

test.each([
  ['that AWS does not accept', () => account.failing.set('GetCallerIdentity', 'ExpiredToken')],
  [
    'of another account',
    () => {
      account.callerAccount = '444455556666';
    },
  ],
])('stops after the first check with credentials %s', async (_, change) => {
  change();
  expect(await rollBack(account)).toMatchObject({ result: 'refused', exitCode: 3 });
  expect(account.operations).toEqual(['GetCallerIdentity']);
});

test.each([
  [{ number: 7 }, 'Revision 7 does not exist', 2],
  [{}, 'There is no good revision before 2', 3],
])('reports %j with its own message and exit code', async (request, message, exitCode) => {
  account.items.delete('revision|000001');
  await expect(rollBack(account, request)).rejects.toMatchObject({
    exitCode,
    message: expect.stringContaining(message),
  });
});

test('without a stack there is nothing to roll back', async () => {
  account.stack = undefined;
  await expect(rollBack(account)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('No revision'),
  });
});

test('removes what a killed rollback left behind, and nothing else', async () => {
  const left = (name: string, executionStatus: string) =>
    account.changeSets.set(name, { name, templateUrl: '', parameters: {}, executionStatus });
  left('quiltctl-rollback-1-20260101T000000-beef', 'AVAILABLE');
  left('quiltctl-rollback-1-20251231T000000-beef', 'EXECUTE_COMPLETE');
  left('cdk-deploy-change-set', 'AVAILABLE');
  await rollBack(account, { dryRun: true });
  expect([...account.changeSets.keys()]).toEqual(['quiltctl-rollback-1-20251231T000000-beef', 'cdk-deploy-change-set']);
});

test('Ctrl-C before the first change leaves nothing behind', async () => {
  const pressed = new AbortController();
  account.onOperation = (operation) => {
    if (operation === 'DescribeChangeSet') pressed.abort();
  };
  const interrupted = { exitCode: 3, message: 'Interrupted; nothing was changed.' };
  await expect(rollBack(account, {}, pressed.signal)).rejects.toMatchObject(interrupted);
  expectUntouched();
});

test('Ctrl-C during the announcement withdraws it', async () => {
  const pressed = new AbortController();
  account.onOperation = (operation) => {
    if (operation === 'PutItem') pressed.abort();
  };
  await expect(rollBack(account, {}, pressed.signal)).rejects.toMatchObject({ exitCode: 3 });
  expect(account.operations).toContain('PutItem');
  expect(account.operations).not.toContain('ExecuteChangeSet');
  expect([announcement(), [...account.changeSets.keys()]]).toEqual([undefined, []]);
});

test('Ctrl-C afterwards stops the watching only', async () => {
  const pressed = new AbortController();
  account.onExecute = () => pressed.abort();
  expect(await rollBack(account, {}, pressed.signal)).toMatchObject({
    result: 'goes-on',
    exitCode: 130,
    message: expect.stringContaining('Stopped watching; the rollback continues.'),
  });
  expect(account.changeSets.size).toBe(1);
  expect(announcement()).toBeDefined();
});

test('deletes a change set that cannot be executed, and withdraws its announcement', async () => {
  account.failing.set('ExecuteChangeSet', 'InvalidChangeSetStatus');
  await expect(rollBack(account)).rejects.toMatchObject({ exitCode: 3 });
  expect([announcement(), [...account.changeSets.keys()]]).toEqual([undefined, []]);
});

test('a caller who may not announce can roll back all the same', async () => {
  account.failing.set('PutItem', 'AccessDeniedException');
  account.onExecute = () => deployEnds('UPDATE_COMPLETE');
  const { lines, exitCode } = await rollBack(account);
  expect(lines.join('\n')).toContain('announcement: failed (AccessDeniedException)');
  expect(exitCode).toBe(0);
});

test('the announcement names the caller, the target, and the commit of the template', async () => {
  const of = { by: { S: 'arn:aws:iam::111122223333:user/bob' }, commit: { S: 'abcdef0' }, dirty: { BOOL: true } };
  account.remember(revision(1, {}, { announcement: { M: of } }));
  await rollBack(account, { number: 1 }, abortedOn('ExecuteChangeSet'));
  expect(announcementKey()).toBe(`announcement|${servicesTemplate().Resources.Gate.Properties.Trigger}`);
  expect(announcement()?.announcement).toEqual({ M: { ...of, by: { S: CALLER }, rollbackTo: { N: '1' } } });
});

function abortedOn(wanted: string): AbortSignal {
  const pressed = new AbortController();
  account.onOperation = (operation) => operation === wanted && pressed.abort();
  return pressed.signal;
}
