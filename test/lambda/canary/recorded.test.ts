import { generateSecret } from '../../../auth/generate-secret.ts';
import { keyIdOf, thumbprintOf } from '../../../auth/key-id.ts';
import { createKeySet, serializeKeySet } from '../../../auth/key-set.ts';
import type { Trigger } from '../../../contract/canary-report.ts';
import type { Content, RotationRecord } from '../../../contract/rotation.ts';
import type { KnownRecord } from '../../../lambda/canary/state-table.ts';
import { outputOf } from '../support/captured-output.ts';
import { type Account, answer, failuresOf, run, startAccount, trustOf } from './account.ts';
import { closeDeployments, startDeployment, type TaskTrust } from './deployment.ts';

const STATE_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:quilt-rotation';
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:quilt-rotation:one';
const TABLE = { CANARY_STATE_TABLE: 'state' };
const BOTH = { ...TABLE, CANARY_STATE_MACHINE: STATE_MACHINE };

const other = generateSecret();
let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(closeDeployments);

async function content(signing: string, ...others: readonly string[]): Promise<Content> {
  const accepted = await Promise.all([signing, ...others].map((secret) => thumbprintOf(secret)));
  return { signing: await thumbprintOf(signing), accepted: accepted.sort() };
}

/** Writes the record as the rotation does; by default at rest, with the initial parameters. */
async function record(changes: Partial<RotationRecord> = {}): Promise<void> {
  const known: KnownRecord & Partial<RotationRecord> = {
    revision: 1,
    phase: 'idle',
    execution: '',
    intended: await content(account.secret),
    current: {
      thumbprint: await thumbprintOf(account.secret),
      keyId: account.keyId,
      since: '2026-01-01T00:00:00.000Z',
    },
    parameters: { secret: '/quilt/secret', keySet: '/quilt/keys' },
    ...changes,
  };
  putRecord(JSON.stringify(known));
}

function putRecord(text: string): void {
  account.aws.items.set('rotation|-', { pk: { S: 'rotation' }, sk: { S: '-' }, record: { S: text } });
}

function put({ MCP_ENHANCED_JWT_SECRET: secret, MCP_ENHANCED_JWT_KEYS: keySet }: TaskTrust): void {
  account.put(secret, keySet);
}

/** What the executions that were started got. */
function started(): readonly unknown[] {
  const starts = account.aws.calls.filter(({ target }) => target.endsWith('.StartExecution'));
  return starts.map(({ input }) => [input.stateMachineArn, JSON.parse(String(input.input))]);
}

const ONE_START = [[STATE_MACHINE, { command: 'repair', trigger: 'canary' }]];

/** Runs the canary against tasks that hold the parameters of the start; its log lines are of no matter. */
async function check(trigger: Trigger = 'schedule', environment: Readonly<Record<string, string>> = BOTH) {
  const { origin } = await account.start();
  return runAt(origin, trigger, environment);
}

async function runAt(origin: string, trigger: Trigger, environment: Readonly<Record<string, string>> = BOTH) {
  let failures: ReturnType<typeof failuresOf> = {};
  const logs = await outputOf(async () => {
    failures = failuresOf(await run(origin, { trigger, environment }));
  });
  return { failures, logs: logs.join('\n') };
}

describe('parameters that the rotation wrote', () => {
  test('match the record, and no repair is started', async () => {
    await record();
    expect((await check()).failures).toEqual({});
    expect(started()).toEqual([]);
  });

  test('may be as they were before a write that is under way', async () => {
    await record({
      phase: 'createSecret',
      execution: EXECUTION,
      before: await content(account.secret),
      intended: await content(account.secret, other),
    });
    expect((await check()).failures).toEqual({});
    expect(started()).toEqual([]);
  });

  test.each<[string, Partial<RotationRecord> | undefined]>([
    ['no record yet', undefined],
    ['a record of other parameters', { parameters: { secret: '/other/secret', keySet: '/other/keys' } }],
  ])('%s: nothing is foreign, and the rotation is started to make one', async (_, known) => {
    if (known !== undefined) await record({ ...known, intended: await content(other) });
    expect((await check()).failures).toEqual({});
    expect(started()).toEqual(ONE_START);
  });

  test('one run starts one execution, however often it asks', async () => {
    let left = 2;
    const { origin } = await account.start({
      intercept: ({ rpcMethod }, response) => rpcMethod === 'ping' && left-- > 0 && answer(response, 503),
    });
    await outputOf(async () => {
      const report = await run(origin, { settling: true, pauseMs: 0, environment: BOTH });
      expect(report).toMatchObject({ verdict: 'green', attempts: 3 });
    });
    expect(started()).toEqual(ONE_START);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['no table', {}],
    ['no state machine', TABLE],
  ])('%s is configured: nothing to compare with or to start, and green', async (_, environment) => {
    expect((await check('schedule', environment)).failures).toEqual({});
    expect(started()).toEqual([]);
  });
});

describe('a value that a person wrote', () => {
  test('is named by its parameter, distinguished from a fault of the tasks, and repaired', async () => {
    await record();
    const foreign = await trustOf(account.secret, other);
    put(foreign);
    const { origin } = await startDeployment({ mcp: [account.trust], catalog: [account.trust] });
    account.aws.services.set('mcp-service', { running: 1, desired: 1 });
    const { failures, logs } = await runAt(origin, 'schedule');
    expect(failures).toEqual({
      'parameters-as-recorded': expect.stringMatching(
        /^foreign-value: \/quilt\/keys holds a value that the rotation did not write/,
      ),
    });
    expect(started()).toEqual(ONE_START);
    expect(logs).toContain('"message":"repair started","cause":"foreign-value"');
  });

  test.each<[string, () => Promise<void>, RegExp]>([
    [
      'in both parameters',
      async () => put(await trustOf(other)),
      /^foreign-value: \/quilt\/secret, \/quilt\/keys hold a value that the rotation did not write/,
    ],
    [
      'that is the secret with a newline',
      async () => account.put(`${account.secret}\n`, account.keySet),
      /^foreign-value: \/quilt\/secret holds a value that the rotation did not write/,
    ],
    [
      'that is the same key under another label, by which no verifier finds it',
      async () => account.put(account.secret, serializeKeySet(await createKeySet([account.secret], 'relabelled'))),
      /^foreign-value: \/quilt\/keys holds a value that the rotation did not write/,
    ],
  ])('%s', async (_, write, reason) => {
    await record();
    await write();
    expect((await check()).failures['parameters-as-recorded']).toMatch(reason);
    expect(started()).toEqual(ONE_START);
  });

  test.each<[string, () => void]>([
    ['no secret', () => account.put(undefined, account.keySet)],
    ['no set', () => account.put(account.secret, undefined)],
    ['a short secret', () => account.put('short', account.keySet)],
  ])('%s: the parameters are invalid, and the rotation is started to repair them', async (_, write) => {
    await record();
    write();
    expect((await check()).failures['parameters-valid']).toMatch(/^parameter-invalid: /);
    expect(started()).toEqual(ONE_START);
  });

  test('a value under another key cannot be decrypted, and the rotation is started to check it', async () => {
    await record();
    account.aws.fail('GetParameters', 'AccessDeniedException');
    expect((await check()).failures['parameters-valid']).toMatch(/^parameter-unreadable: /);
    expect(started()).toEqual(ONE_START);
  });

  test('is not repaired before the first record', async () => {
    account.put('short', account.keySet);
    await check();
    expect(started()).toEqual([]);
  });

  test.each<[string, Trigger, Partial<RotationRecord>, boolean]>([
    ['the rotation itself asks', 'rotation', {}, false],
    [
      'an execution, which may be dead, is in a step',
      'schedule',
      { phase: 'finishSecret', execution: EXECUTION },
      true,
    ],
    ['a step stopped', 'schedule', { phase: 'finishSecret' }, true],
    ['an execution waits for the end of the grace time', 'schedule', { phase: 'grace', execution: EXECUTION }, true],
    ['a deploy asks', 'deploy', {}, true],
  ])('when %s (%s)', async (_, trigger, known, starts) => {
    await record(known);
    put(await trustOf(other));
    expect((await check(trigger)).failures['parameters-as-recorded']).toMatch(/^foreign-value: /);
    expect(started()).toEqual(starts ? ONE_START : []);
  });

  test('an execution that cannot be started is logged, and the verdict is the same', async () => {
    account.aws.fail('StartExecution', 'AccessDeniedException', 'not-to-be-seen');
    const { failures, logs } = await check();
    expect(failures).toEqual({});
    expect(logs).toMatch(/repair not started.*no-record.*AccessDeniedException/);
    expect(logs).not.toContain('not-to-be-seen');
  });
});

describe('a record that cannot be read proves nothing, and starts nothing', () => {
  test.each<[string, () => void, RegExp]>([
    ['refused', () => account.aws.fail('GetItem', 'AccessDeniedException'), /^record-unreadable: .*AccessDenied/],
    ['no JSON', () => putRecord('{'), /^record-unreadable: .* is invalid/],
    ['another form', () => putRecord('{"phase":"idle"}'), /^record-unreadable: .* is invalid/],
  ])('%s', async (_, arrange, reason) => {
    arrange();
    expect((await check()).failures).toEqual({ 'parameters-as-recorded': expect.stringMatching(reason) });
    expect(started()).toEqual([]);
  });
});

describe('tasks that hold what the parameters held before', () => {
  const outdated = {
    'every-key-accepted': expect.stringMatching(/^token-refused: /),
    'tasks-hold-parameters': expect.stringMatching(/^tasks-outdated: mcp task /),
  };

  test.each<[string, Trigger, Partial<RotationRecord>, object]>([
    ['in a step they may', 'schedule', { phase: 'createSecret', execution: EXECUTION }, {}],
    ['the rotation rolled them itself', 'rotation', { phase: 'testSecret', execution: EXECUTION }, outdated],
    ['at rest they may not', 'schedule', { phase: 'idle' }, outdated],
    ['in the grace time they may not', 'schedule', { phase: 'grace', execution: EXECUTION }, outdated],
  ])('%s (%s)', async (_, trigger, known, failures) => {
    await record({ intended: await content(account.secret, other), ...known });
    put(await trustOf(account.secret, other));
    expect((await check(trigger)).failures).toEqual(failures);
  });

  test('or what they hold since a step that began after the parameters were read', async () => {
    await record();
    const both = await trustOf(account.secret, other);
    const { origin } = await startDeployment({
      mcp: [both, both],
      catalog: [account.trust],
      intercept: ({ rpcMethod }) => {
        if (rpcMethod !== 'tools/call') return;
        const { record: item } = account.aws.items.get('rotation|-') ?? {};
        putRecord(JSON.stringify({ ...JSON.parse(item?.S ?? ''), revision: 2, phase: 'createSecret' }));
      },
    });
    expect((await runAt(origin, 'schedule')).failures).toEqual({});
  });
});

test('a token of every key is shown to every MCP task', async () => {
  const both = await trustOf(account.secret, other);
  put(both);
  account.aws.services.set('mcp-service', { running: 3, desired: 3 });
  const accepted = new Set<string>();
  const { origin, tasks } = await startDeployment({
    mcp: [both, both, both],
    catalog: [both],
    rewrite: ({ rpcMethod, token = '' }, { status, headers }) => {
      if (rpcMethod !== 'tools/list' || status !== 200) return;
      const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'));
      accepted.add(`${headers.get('x-quilt-task')} ${kid}`);
    },
  });
  expect(failuresOf(await run(origin))).toEqual({});
  const keyIds = [account.keyId, await keyIdOf(other)];
  expect([...accepted].sort()).toEqual(tasks.mcp.flatMap((task) => keyIds.map((keyId) => `${task} ${keyId}`)).sort());
});
