import { generateSecret } from '../../../auth/generate-secret.ts';
import { closeServers } from '../support/servers.ts';
import { OLD_TRIGGER, PROPERTIES, REPORT_ONLY, Sender } from './events.ts';
import { EXECUTION, FakeAccount, type Item, KEY_SET, OTHER_STACK, SECRET, STACK } from './fake-account.ts';

let account: FakeAccount;
let cloudformation: Sender;

beforeEach(async () => {
  account = await FakeAccount.start();
  cloudformation = new Sender(account);
});

afterEach(closeServers);

const RED = {
  verdict: 'red',
  checks: [
    { name: 'parameters-valid', verdict: 'pass' },
    { name: 'tool-call-with-token', verdict: 'skipped', reason: 'needs tools-list-with-token' },
    { name: 'tools-list-with-token', verdict: 'fail', reason: 'token-refused: 401' },
    { name: 'no-token-refused', verdict: 'tolerated', reason: 'accepted' },
  ],
};

describe('admits', () => {
  test('takes the lock and opens a revision that says what is deployed', async () => {
    const { Status, PhysicalResourceId } = await cloudformation.gate({ requestId: 'one' });
    expect({ Status, PhysicalResourceId }).toEqual({ Status: 'SUCCESS', PhysicalResourceId: 'gate' });
    expect(account.items.get('lock|-')).toMatchObject({
      owner: { S: STACK },
      kind: { S: 'deploy' },
      takenAt: { S: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    });
    expect(account.items.get('revision|000001')).toEqual({
      pk: { S: 'revision' },
      sk: { S: '000001' },
      number: { N: '1' },
      stackArn: { S: STACK },
      openedBy: { S: 'one' },
      trigger: { S: expect.stringMatching(/^[0-9a-f]{64}$/) },
      images: { M: { catalog: { S: 'catalog@sha256:1' }, mcp: { S: 'mcp@sha256:2' } } },
      parameterVersions: { M: { secret: { N: '3' }, keySet: { N: '5' } } },
      tokenLifetimeSeconds: { N: '3600' },
      openedAt: { S: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      verdict: { S: 'open' },
      failedBefore: { L: [] },
      skippedBefore: { L: [] },
      template: { M: { key: { S: 'revisions/000001.json' }, sha256: { S: expect.stringMatching(/^[0-9a-f]{64}$/) } } },
      stackParameters: { M: {} },
    });
  });

  test('asks the canary before anything changes, and keeps what was red already', async () => {
    account.canary = RED;
    await cloudformation.gate();
    // With a second chance: what is red for a moment only must excuse nothing later.
    expect(account.invocations).toEqual([{ trigger: 'deploy', settling: true }]);
    expect(account.revisions[0]).toMatchObject({
      failedBefore: { L: [{ S: 'tools-list-with-token: token-refused' }] },
      skippedBefore: { L: [{ S: 'tool-call-with-token' }] },
    });
  });

  test('refuses at the second delivery of an event what it refused at the first', async () => {
    await cloudformation.gate({ requestId: 'one' });
    await cloudformation.rollBack(['gate']);
    account.stacks.set(STACK, 'UPDATE_IN_PROGRESS');
    expect((await cloudformation.gate({ requestId: 'one' })).Reason).toMatch(/^deploy-refused-before: /);
    expect(account.verdicts).toEqual(['failed']);
  });

  test('opens no revision for a stack that was stopped while the canary was asked', async () => {
    account.onInvoke = () => account.stacks.set(STACK, 'UPDATE_ROLLBACK_IN_PROGRESS');
    expect((await cloudformation.gate()).Reason).toMatch(/^stack-not-in-progress: /);
    expect(account.verdicts).toEqual([]);
  });

  test('on the very first deploy nothing can have been red', async () => {
    account.stacks.set(STACK, 'CREATE_IN_PROGRESS');
    account.canary = RED;
    expect(await cloudformation.gate({ kind: 'Create' })).toMatchObject({ Status: 'SUCCESS' });
    expect(account.revisions[0]).toMatchObject({ failedBefore: { L: [] }, skippedBefore: { L: [] } });
  });

  test('numbers go up by one', async () => {
    for (let deploy = 0; deploy < 3; deploy += 1) {
      await cloudformation.gate();
      await cloudformation.verdict();
    }
    expect(account.revisions.map(({ number }) => number?.N)).toEqual(['1', '2', '3']);
    expect(account.items.get('revision|last')?.number?.N).toBe('3');
  });

  test.each([
    ['its own', () => account.hold(STACK, 'deploy')],
    [
      'of a deploy that has ended',
      () => {
        account.hold(OTHER_STACK, 'deploy');
        account.stacks.set(OTHER_STACK, 'UPDATE_ROLLBACK_FAILED');
      },
    ],
    ['of a stack that does not exist any more', () => account.hold(OTHER_STACK, 'deploy')],
    [
      'of a rotation whose execution has failed',
      () => {
        account.hold(EXECUTION, 'rotation');
        account.executions.set(EXECUTION, 'FAILED');
      },
    ],
    ['of a rotation that Step Functions has forgotten', () => account.hold(EXECUTION, 'rotation')],
  ])('takes over the lock %s', async (_, prepare) => {
    prepare();
    expect(await cloudformation.gate()).toMatchObject({ Status: 'SUCCESS' });
    expect(account.lock).toBe(STACK);
  });

  test.each<[string, string, string | undefined]>([
    ['idle', '', undefined],
    ['grace', EXECUTION, 'RUNNING'],
    ['finishSecret', '', undefined],
    ['finishSecret', EXECUTION, 'FAILED'],
    ['finishSecret', EXECUTION, 'TIMED_OUT'],
    ['somethingNew', EXECUTION, undefined],
  ])('during the rotation phase %s of the execution "%s" that is %s', async (phase, execution, status) => {
    account.rotate(phase, execution, status);
    expect(await cloudformation.gate()).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each([
    ['text, as CloudFormation makes it', '86400', '86400'],
    ['a number', 10, '10'],
    ['nothing, in a template from before it was said', undefined, '86400'],
  ])('records the token lifetime: %s', async (_, TokenLifetimeSeconds, recorded) => {
    const { TokenLifetimeSeconds: __, ...older } = PROPERTIES;
    const properties = TokenLifetimeSeconds === undefined ? older : { ...older, TokenLifetimeSeconds };
    expect(await cloudformation.gate({ properties })).toMatchObject({ Status: 'SUCCESS' });
    expect(account.revisions[0]?.tokenLifetimeSeconds?.N).toBe(recorded);
    expect(await cloudformation.verdict({ properties })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('closes the revision of a deploy that died', async () => {
    await cloudformation.gate();
    await cloudformation.gate();
    expect(account.verdicts).toEqual(['failed', 'open']);
    expect(account.revisions[0]?.closedBecause?.S).toBe('The deploy ended without a verdict.');
  });

  test('delivered twice: one revision', async () => {
    await cloudformation.gate({ requestId: 'one' });
    expect(await cloudformation.gate({ requestId: 'one' })).toMatchObject({ Status: 'SUCCESS' });
    expect(account.verdicts).toEqual(['open']);
  });

  test('delivered again when the deploy has ended: takes no lock', async () => {
    await cloudformation.gate({ requestId: 'one' });
    await cloudformation.verdict();
    expect(await cloudformation.gate({ requestId: 'one' })).toMatchObject({ Status: 'SUCCESS' });
    expect(account.lock).toBeUndefined();
    expect(account.verdicts).toEqual(['good']);
  });

  test('break-glass keeps the reason, and needs no canary', async () => {
    account.canary = new Error('crashed');
    expect(await cloudformation.gate({ properties: REPORT_ONLY })).toMatchObject({ Status: 'SUCCESS' });
    expect(account.revisions[0]?.reason?.S).toBe('the registry is down');
  });
});

type Case = readonly [what: string, prepare: () => unknown, reason: RegExp];

const parameter = (value: string, type: string) => ({ value, type, version: 1 });

const REFUSED: readonly Case[] = [
  [
    'the lock of another deploy under way',
    () => {
      account.hold(OTHER_STACK, 'deploy');
      account.stacks.set(OTHER_STACK, 'UPDATE_IN_PROGRESS');
    },
    /^lock-held: Another deploy has held the deploy lock since 2026-01-01T00:00:00.000Z: arn:\S+other\. Wait/,
  ],
  [
    'the lock of a rotation',
    () => {
      account.hold(EXECUTION, 'rotation');
      account.executions.set(EXECUTION, 'RUNNING');
    },
    /^lock-held: A rotation of the secret has held the deploy lock .*bin\/quiltctl rotate --watch --environment production`/,
  ],
  [
    'the lock of a rotation that may be running',
    () => {
      account.hold(EXECUTION, 'rotation');
      account.failing.add('DescribeExecution');
    },
    /^aws-call-failed: states:DescribeExecution failed with AccessDenied/,
  ],
  ['the lock of a holder from a later version', () => account.hold(EXECUTION, 'rollback'), /^lock-held: /],
  [
    'a rotation in a step',
    () => account.rotate('finishSecret', EXECUTION, 'RUNNING'),
    /^rotation-in-step: .*phase finishSecret.*bin\/quiltctl rotate --watch --environment production`/,
  ],
  [
    'a rotation phase of a later version',
    () => account.rotate('somethingNew', EXECUTION, 'RUNNING'),
    /^rotation-in-step: /,
  ],
  [
    'a rotation step that may be running',
    () => {
      account.rotate('createSecret', EXECUTION);
      account.failing.add('DescribeExecution');
    },
    /^aws-call-failed: states:DescribeExecution failed with AccessDenied/,
  ],
  ['no secret', () => account.parameters.delete(SECRET), /^parameter-missing: Parameter \S+jwt-secret does not exist/],
  ['no key set', () => account.parameters.delete(KEY_SET), /^parameter-missing: .*jwt-verification-keys/],
  [
    'a secret in plaintext',
    () => account.parameters.set(SECRET, parameter(generateSecret(), 'String')),
    /^parameter-invalid: .*SecureString/,
  ],
  [
    'a secret or a key set that the canary finds invalid',
    () => {
      const reason = 'Parameter /quilt/mcp-server/jwt-secret: The secret is 5 bytes.';
      account.canary = { verdict: 'red', checks: [{ name: 'parameters-valid', verdict: 'fail', reason }] };
    },
    /^parameter-invalid: Parameter \/quilt\/mcp-server\/jwt-secret: The secret is 5 bytes\. The rotation restores the last good value .*bin\/quiltctl canary --environment production`/,
  ],
  [
    'a canary that ends with an error',
    () => {
      account.canary = new Error('crashed');
    },
    /^canary-failed: The canary ended with an error/,
  ],
  [
    'a canary that answers nonsense',
    () => {
      account.canary = { verdict: 'yes' };
    },
    /^canary-failed: The canary returned no report/,
  ],
  [
    'a red canary without a failed check',
    () => {
      account.canary = { verdict: 'red', checks: [] };
    },
    /^canary-failed: /,
  ],
  [
    'a table that may not be read',
    () => account.failing.add('Query'),
    /^aws-call-failed: dynamodb:Query failed with AccessDenied/,
  ],
  ['a lock that cannot be taken', () => account.failing.add('PutItem'), /^aws-call-failed: dynamodb:PutItem/],
  [
    'parameters that may not be read',
    () => account.failing.add('GetParameters'),
    /^aws-call-failed: ssm:GetParameters/,
  ],
  ['a canary that may not be invoked', () => account.failing.add('Invoke'), /^aws-call-failed: lambda:InvokeFunction/],
  [
    'a stack status that cannot be read',
    () => account.failing.add('DescribeStacks'),
    /^aws-call-failed: cloudformation:DescribeStacks/,
  ],
  ['a stack that is not being changed', () => account.stacks.set(STACK, 'UPDATE_COMPLETE'), /^stack-not-in-progress: /],
];

describe('refuses', () => {
  test.each(REFUSED)('%s', async (_, prepare, reason) => {
    await prepare();
    const lockBefore = account.lock;
    const { Status, Reason, PhysicalResourceId, logs } = await cloudformation.gate();
    expect({ Status, PhysicalResourceId }).toEqual({ Status: 'FAILED', PhysicalResourceId: 'gate' });
    expect(Reason).toMatch(reason);
    // Nothing is open, and the lock has the same holder.
    expect({ lock: account.lock, verdicts: account.verdicts }).toEqual({ lock: lockBefore, verdicts: [] });
    for (const { value } of account.parameters.values()) expect(Reason + logs).not.toContain(value);
    expect(Reason + logs).not.toContain('not-to-be-seen');
  });

  test('a template of another contract version, before any other check', async () => {
    const older = new Sender(account, { contractVersion: '2' });
    const { Reason } = await older.gate();
    expect(Reason).toMatch(/^contract-version: .*version 1 of Foundation's contract, but version 2 is deployed/);
    expect(account.operations).not.toContain('PutItem');
  });

  test.each([
    ['a misspelt property', { ...PROPERTIES, Cannary: 'report' }, /Unknown property Cannary/],
    ['a trigger that is no hash', { ...PROPERTIES, Trigger: 'x' }, /Property Trigger must be a SHA-256/],
    ['a token lifetime of a day and a second', { ...PROPERTIES, TokenLifetimeSeconds: '86401' }, /Property TokenLife/],
    ['a token lifetime of nothing', { ...PROPERTIES, TokenLifetimeSeconds: '0' }, /Property TokenLifetimeSeconds must/],
    ['no images', { ...PROPERTIES, Images: undefined }, /Property Images/],
    ['one image', { ...PROPERTIES, Images: { Catalog: 'c' } }, /Property Mcp/],
    ['another image', { ...PROPERTIES, Images: { Catalog: 'c', Mcp: 'm', Other: 'o' } }, /Unknown property Other/],
    ['another mode', { ...PROPERTIES, Canary: 'off' }, /Property Canary must be 'enforce' or 'report'/],
    ['report without a reason', { ...PROPERTIES, Canary: 'report' }, /Property Reason/],
    ['a reason without report', { ...PROPERTIES, Reason: 'why' }, /Property Reason is only valid with/],
  ])('%s', async (_, properties, reason) => {
    const { Status, Reason } = await cloudformation.gate({ properties });
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/^properties-invalid: /);
    expect(Reason).toMatch(reason);
  });

  test('break-glass does not open what the tasks could not start with', async () => {
    account.parameters.delete(SECRET);
    const { Reason } = await cloudformation.gate({ properties: REPORT_ONLY });
    expect(Reason).toMatch(/^parameter-missing: /);
  });
});

test('accepts an old record that lacks later attributes', async () => {
  const old: Item = { pk: { S: 'revision' }, sk: { S: '000007' }, verdict: { S: 'good' }, trigger: { S: OLD_TRIGGER } };
  account.items.set('revision|000007', old);
  account.items.set('revision|last', { pk: { S: 'revision' }, sk: { S: 'last' }, number: { N: '7' } });
  expect(await cloudformation.gate()).toMatchObject({ Status: 'SUCCESS' });
  expect(account.items.get('revision|000008')?.verdict?.S).toBe('open');
});
