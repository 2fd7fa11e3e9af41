import { commandLine } from '../../cli/commands/common.ts';
import { lockStatus, type ReleaseRequest, release } from '../../cli/lock/lock.ts';
import { statusText } from '../../cli/lock/text.ts';
import { loadEnvironment } from '../../config/load.ts';
import { closeServers } from '../lambda/support/servers.ts';
import { type Answer, type AnswerTo, scriptedAws } from './preflight/support/scripted-aws.ts';
import { EXECUTION } from './support/records.ts';

const NOW = Date.parse('2026-01-02T05:00:00.000Z');
const TAKEN_AT = '2026-01-02T03:00:00.000Z';
const STACK = 'arn:aws:cloudformation:us-east-1:111122223333:stack/quilt-services/one';
const ME = 'arn:aws:sts::111122223333:assumed-role/operators/ada';
const config = loadEnvironment('production');

const DEPLOY = { kind: 'deploy', owner: STACK, takenAt: TAKEN_AT };
const ROTATION = { kind: 'rotation', owner: EXECUTION, takenAt: TAKEN_AT };
const BACKUP = { kind: 'backup', owner: 'x', takenAt: TAKEN_AT };

const ENDED: Answer = stackWith('UPDATE_COMPLETE');
const CHANGING: Answer = stackWith('UPDATE_IN_PROGRESS');

afterEach(closeServers);

function stackWith(StackStatus: string): Answer {
  return { Stacks: [{ StackName: 'quilt-services', CreationTime: '2026-01-01T00:00:00Z', StackStatus }] };
}

/** An account whose lock somebody holds; what people released is there, and what they release is kept. */
async function accountWith(
  lock: Readonly<Record<string, string>> | undefined,
  answers: Readonly<Record<string, Answer | AnswerTo>> = {},
) {
  const item = lock && Object.fromEntries(Object.entries(lock).map(([name, S]) => [name, { S }]));
  const releases: unknown[] = [];
  const account = await scriptedAws({
    GetItem: item === undefined ? {} : { Item: item },
    Query: () => ({ Items: releases }),
    DescribeStacks: ENDED,
    DescribeExecution: { status: 'RUNNING' },
    GetCallerIdentity: { Account: config.account, Arn: ME },
    TransactWriteItems: ({ TransactItems }) => {
      const [, { Put }] = TransactItems as [unknown, { Put: { Item: unknown } }];
      releases.unshift(Put.Item);
      return {};
    },
    ...answers,
  });
  const write = () => account.asked.find(({ operation }) => operation === 'TransactWriteItems')?.input;
  return { ...account, write };
}

type Account = Awaited<ReturnType<typeof accountWith>>;

const textOf = async ({ clients }: Account) =>
  statusText(await lockStatus(clients, 'the-table'), NOW, (command) => commandLine(command, 'production'));

const releaseAt = ({ clients }: Account, request: Partial<ReleaseRequest> = {}) =>
  release({ force: false, ...request }, clients, { config, stateTable: 'the-table', now: NOW });

describe('status', () => {
  test('says that the lock is free', async () => {
    expect(await textOf(await accountWith(undefined))).toBe('The deploy lock is free.');
  });

  test('says who holds it, since when, whether it is alive, and what to do', async () => {
    expect(await textOf(await accountWith(DEPLOY, { DescribeStacks: CHANGING }))).toBe(
      [
        '  DEPLOY LOCK  held',
        '  by           A deployment',
        '  since        2026-01-02T03:00:00.000Z (2 h 0 min)',
        '  holder       is alive: its stack is UPDATE_IN_PROGRESS',
        `  owner        ${STACK}`,
        '',
        'Wait until the holder ends; it releases the lock itself.',
      ].join('\n'),
    );
  });

  test.each<[string, Record<string, string>, Record<string, Answer>, string, RegExp]>([
    [
      'a deployment that has ended',
      DEPLOY,
      {},
      'has ended: its stack is UPDATE_COMPLETE',
      /stale: .*lock release --env/,
    ],
    [
      'a deployment of a stack that is gone',
      DEPLOY,
      { DescribeStacks: { error: 'ValidationError' } },
      'has ended: its stack is DELETE_COMPLETE',
      /stale/,
    ],
    ['a rotation that runs', ROTATION, {}, 'is alive: its execution manual-20260102T030000-beef is running', /^Wait/m],
    [
      'a rotation that was stopped',
      ROTATION,
      { DescribeExecution: { status: 'ABORTED', stopDate: 1767323100 } },
      'has ended: its execution ended (ABORTED, 2026-01-02T03:05:00.000Z)',
      /stale/,
    ],
    [
      'a rotation that is forgotten',
      ROTATION,
      { DescribeExecution: { error: 'ExecutionDoesNotExist' } },
      'has ended: its execution ended (Step Functions has no record of it)',
      /stale/,
    ],
    [
      'a rotation that may not be asked about',
      ROTATION,
      { DescribeExecution: { error: 'AccessDeniedException' } },
      'could not be checked: AWS did not answer: AccessDeniedException',
      /lock release --force --reason TEXT --environment production/,
    ],
    [
      'a deployment that may not be asked about',
      DEPLOY,
      { DescribeStacks: { error: 'AccessDenied' } },
      'could not be checked: AWS did not answer: AccessDenied',
      /--force/,
    ],
    [
      'a holder that a later release may know',
      BACKUP,
      {},
      'could not be checked: this release does not know holders of the kind "backup"',
      /--force/,
    ],
  ])('tells of %s', async (_, lock, answers, holder, advice) => {
    const shown = await textOf(await accountWith(lock, answers));
    expect(shown).toContain(`holder       ${holder}\n`);
    expect(shown).toMatch(advice);
  });

  test('exits with 3 or 4 when the table cannot be read', async () => {
    const refused = await accountWith(DEPLOY, { GetItem: { error: 'AccessDeniedException' } });
    await expect(textOf(refused)).rejects.toMatchObject({ exitCode: 3 });
    const gone = await accountWith(DEPLOY, { Query: { error: 'ResourceNotFoundException' } });
    await expect(textOf(gone)).rejects.toMatchObject({ exitCode: 4 });
  });
});

describe('release', () => {
  test('of a stale lock removes it from exactly that holder, and records who did it', async () => {
    const account = await accountWith(DEPLOY);
    const released = await releaseAt(account);
    expect(released).toMatchObject({ at: '2026-01-02T05:00:00.000Z', by: ME, forced: false, holder: DEPLOY });
    expect(account.write()).toMatchObject({
      TransactItems: [
        {
          Delete: {
            TableName: 'the-table',
            Key: { pk: { S: 'lock' }, sk: { S: '-' } },
            ConditionExpression: 'attribute_exists(pk) AND #owner = :owner AND #takenAt = :takenAt',
            ExpressionAttributeValues: { ':owner': { S: STACK }, ':takenAt': { S: TAKEN_AT } },
          },
        },
        {
          Put: {
            Item: {
              pk: { S: 'lock' },
              sk: { S: 'release#2026-01-02T05:00:00.000Z' },
              release: { S: JSON.stringify(released) },
            },
          },
        },
      ],
    });
  });

  test('by force keeps the reason, and a later status shows it', async () => {
    const account = await accountWith(ROTATION);
    await releaseAt(account, { force: true, reason: 'The state machine was deleted.' });
    expect(await textOf(account)).toContain(
      `Last release: 2026-01-02T05:00:00.000Z by ${ME}, forced. A rotation held it since ${TAKEN_AT} (alive: its execution ` +
        'manual-20260102T030000-beef is running). Reason: The state machine was deleted.',
    );
  });

  test.each<[string, Record<string, string>, Record<string, Answer>]>([
    ['a deployment whose stack is being changed', DEPLOY, { DescribeStacks: CHANGING }],
    ['a rotation that runs', ROTATION, {}],
    ['a rotation that may not be asked about', ROTATION, { DescribeExecution: { error: 'AccessDeniedException' } }],
    ['a holder of an unknown kind', BACKUP, {}],
  ])('of %s is refused with exit code 3 unless it is forced', async (_, lock, answers) => {
    const account = await accountWith(lock, answers);
    await expect(releaseAt(account, { reason: 'I think so.' })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/not known to be stale\. A .*--force --reason TEXT\.$/),
    });
    expect(account.write()).toBeUndefined();
    expect(await releaseAt(account, { force: true, reason: 'I know so.' })).toMatchObject({ forced: true });
  });

  test.each<[string, Partial<ReleaseRequest>]>([
    ['no reason', { force: true }],
    ['an empty one', { force: true, reason: '' }],
    ['blanks', { reason: '   ' }],
    ['two lines', { reason: 'one\ntwo' }],
    ['an escape sequence', { reason: 'red \u001b[31m' }],
    ['a book', { reason: 'x'.repeat(501) }],
  ])('with %s exits with 2 before asking AWS', async (_, request) => {
    const account = await accountWith(DEPLOY);
    await expect(releaseAt(account, request)).rejects.toMatchObject({ exitCode: 2 });
    expect(account.asked).toEqual([]);
  });

  test('does not release a lock that changed hands', async () => {
    const CancellationReasons = [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }];
    const account = await accountWith(DEPLOY, {
      TransactWriteItems: { error: 'TransactionCanceledException', CancellationReasons },
    });
    await expect(releaseAt(account)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('changed hands and was not released'),
    });
  });

  test.each<[string, Answer, number]>([
    ['AWS refuses it', { error: 'AccessDeniedException' }, 3],
    [
      'the table is busy',
      { error: 'TransactionCanceledException', CancellationReasons: [{ Code: 'TransactionConflict' }] },
      4,
    ],
  ])('says so when %s', async (_, answer, exitCode) => {
    const account = await accountWith(DEPLOY, { TransactWriteItems: answer });
    await expect(releaseAt(account)).rejects.toMatchObject({ exitCode });
  });

  test('is refused for an unknown caller or another account', async () => {
    const stranger = { GetCallerIdentity: { Account: '999999999999', Arn: ME } };
    const account = await accountWith(DEPLOY, stranger);
    await expect(releaseAt(account)).rejects.toMatchObject({ exitCode: 3 });
    expect(account.write()).toBeUndefined();
  });

  test('of a free lock is nothing to do', async () => {
    const account = await accountWith(undefined);
    expect(await releaseAt(account)).toBeUndefined();
    expect(account.write()).toBeUndefined();
  });

  test('of a lock without a time is bound to one without a time', async () => {
    const account = await accountWith({ kind: 'deploy', owner: STACK });
    await releaseAt(account);
    expect(account.write()).toMatchObject({
      TransactItems: [
        {
          Delete: {
            ConditionExpression: 'attribute_exists(pk) AND #owner = :owner AND attribute_not_exists(#takenAt)',
          },
        },
        {},
      ],
    });
  });
});
