import { StackStatus } from '@aws-sdk/client-cloudformation';
import { exitCodeOf } from '../../../cli/preflight/finding.ts';
import { lockFindings } from '../../../cli/preflight/ongoing-changes.ts';
import { loadEnvironment } from '../../../config/load.ts';
import { closeServers } from '../../lambda/support/servers.ts';
import { type Answer, scriptedAws } from './support/scripted-aws.ts';

const EXECUTION = 'arn:aws:states:us-east-1:111122223333:execution:quilt-rotation:one';

afterEach(closeServers);

interface Found {
  /** Status of the Services stack; none: it does not exist. */
  readonly stack?: string;
  /** Whether its deletion is protected. */
  readonly isProtected?: boolean;
  /** The items of the state table. */
  readonly lock?: { readonly kind: string; readonly owner: string };
  readonly rotation?: { readonly phase: string; readonly execution: string };
  /** Status of every execution; none: they are forgotten. */
  readonly execution?: string;
}

const USUAL: Found = { stack: 'UPDATE_COMPLETE' };

async function look({ stack, isProtected, lock, rotation, execution }: Found) {
  const { clients } = await scriptedAws({
    DescribeStacks: stack === undefined ? { error: 'ValidationError' } : stackWith(stack, isProtected),
    GetItem: ({ Key }) => {
      const { pk } = Key as { pk: { S: string } };
      const item = pk.S === 'lock' ? lock && { ...lock, takenAt: '2026-01-02T03:04:05Z' } : rotation;
      return item === undefined ? {} : { Item: textsOf(item) };
    },
    DescribeExecution:
      execution === undefined ? { error: 'ExecutionDoesNotExist' } : { status: execution, stopDate: 1767323100 },
  });
  return lockFindings(clients, { config: loadEnvironment('production'), stateTable: 'the-table' });
}

function stackWith(StackStatus: string, EnableTerminationProtection = false): Answer {
  const CreationTime = '2026-01-01T00:00:00Z';
  return { Stacks: [{ StackName: 'quilt-services', CreationTime, StackStatus, EnableTerminationProtection }] };
}

function textsOf(values: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(values).map(([name, S]) => [name, { S }]));
}

test('passes when nothing is being changed', async () => {
  const findings = await look(USUAL);
  expect(findings.map(({ about, state, detail }) => `${about}: ${state}: ${detail}`)).toEqual([
    'Services stack: ok: quilt-services is UPDATE_COMPLETE',
    'deploy lock: ok: free',
    'rotation: ok: none yet',
  ]);
});

test.each<[what: string, found: Found]>([
  ['a stack that is not there', {}],
  ['a stack that has only been looked at', { stack: 'REVIEW_IN_PROGRESS' }],
  ['a stack whose first deploy failed, which the CDK makes anew', { stack: 'ROLLBACK_COMPLETE' }],
  ['the lock of a deploy that has ended', { ...USUAL, lock: { kind: 'deploy', owner: 'arn:the-stack' } }],
  [
    'the lock of a rotation that has ended',
    { ...USUAL, lock: { kind: 'rotation', owner: EXECUTION }, execution: 'FAILED' },
  ],
  ['the lock of a rotation that is forgotten', { ...USUAL, lock: { kind: 'rotation', owner: EXECUTION } }],
  [
    'a rotation in its grace time',
    { ...USUAL, rotation: { phase: 'grace', execution: EXECUTION }, execution: 'RUNNING' },
  ],
  ['a rotation that stands still', { ...USUAL, rotation: { phase: 'testSecret', execution: '' } }],
  [
    'a rotation whose execution has died',
    { ...USUAL, rotation: { phase: 'createSecret', execution: EXECUTION }, execution: 'TIMED_OUT' },
  ],
])('%s is in nobody’s way', async (_, found) => {
  expect(exitCodeOf(await look(found))).toBe(0);
});

const FAILED_STATES = Object.values(StackStatus).filter((status) => status.endsWith('_FAILED'));

test.each(FAILED_STATES)('%s is in the way, and the remedy is a command for this stack', async (stack) => {
  const [finding] = await look({ stack });
  expect(finding).toMatchObject({ state: 'failed', detail: `quilt-services is ${stack}`, exitCode: 3 });
  expect(finding?.remedy).toMatch(/`aws cloudformation [a-z-]+ --stack-name quilt-services`/);
});

test.each(Object.values(StackStatus).filter((status) => !FAILED_STATES.includes(status)))(
  '%s is passed, or waited for while it lasts',
  async (stack) => {
    const [finding] = await look({ stack });
    const lasts = stack.endsWith('_IN_PROGRESS') && stack !== 'REVIEW_IN_PROGRESS';
    expect(finding?.state).toBe(lasts ? 'failed' : 'ok');
    if (lasts) expect(finding?.remedy).toBe('Wait until it ends, then retry.');
  },
);

test('a first deployment that failed blocks the next one as long as its stack is protected from deletion', async () => {
  const [finding] = await look({ stack: 'ROLLBACK_COMPLETE', isProtected: true });
  expect(finding).toMatchObject({ state: 'failed', exitCode: 3 });
  expect(finding?.remedy).toContain('--no-enable-termination-protection --stack-name quilt-services`');
});

test.each<[what: string, found: Found, detail: string]>([
  [
    'whose execution was stopped',
    { ...USUAL, rotation: { phase: 'grace', execution: EXECUTION }, execution: 'ABORTED' },
    'in grace, but its execution ended (ABORTED, 2026-01-02T03:05:00.000Z), so it blocks nothing',
  ],
  [
    'whose execution is forgotten',
    { ...USUAL, rotation: { phase: 'createSecret', execution: EXECUTION } },
    'in createSecret, but its execution ended (Step Functions has no record of it), so it blocks nothing',
  ],
  [
    'that has stopped by itself',
    { ...USUAL, rotation: { phase: 'grace', execution: '' } },
    'stopped in grace, which blocks nothing',
  ],
])('a rotation %s does not look alive', async (_, found, detail) => {
  const rotation = (await look(found)).find(({ about }) => about === 'rotation');
  expect(rotation?.detail).toBe(`${detail}; afterwards run \`bin/quiltctl rotate --resume\``);
});

test.each<[what: string, found: Found, about: string, detail: RegExp]>([
  ['a deploy', { stack: 'UPDATE_IN_PROGRESS' }, 'Services stack', /is UPDATE_IN_PROGRESS/],
  ['a stack that is stuck', { stack: 'UPDATE_ROLLBACK_FAILED' }, 'Services stack', /is UPDATE_ROLLBACK_FAILED/],
  [
    'the lock of a deploy that runs',
    { stack: 'UPDATE_IN_PROGRESS', lock: { kind: 'deploy', owner: 'arn:the-stack' } },
    'deploy lock',
    /held since 2026-01-02T03:04:05Z by another deployment: arn:the-stack/,
  ],
  [
    'the lock of a rotation that runs',
    { ...USUAL, lock: { kind: 'rotation', owner: EXECUTION }, execution: 'RUNNING' },
    'deploy lock',
    /by a secret rotation/,
  ],
  [
    'the lock of a holder that a later release may know',
    { ...USUAL, lock: { kind: 'backup', owner: 'x' } },
    'deploy lock',
    /held since/,
  ],
  [
    'a step of a rotation',
    { ...USUAL, rotation: { phase: 'finishSecret', execution: EXECUTION }, execution: 'RUNNING' },
    'rotation',
    /is being rotated \(finishSecret\)/,
  ],
  [
    'a phase that a later release may know',
    { ...USUAL, rotation: { phase: 'unheardOf', execution: EXECUTION }, execution: 'RUNNING' },
    'rotation',
    /is being rotated \(unheardOf\)/,
  ],
])('%s is in the way, with exit code 3', async (_, found, about, detail) => {
  const findings = await look(found);
  expect(exitCodeOf(findings)).toBe(3);
  const failed = findings.find((finding) => finding.about === about);
  expect(failed).toMatchObject({ state: 'failed', detail: expect.stringMatching(detail) });
  expect(failed?.remedy).toMatch(/^(Wait until|Fix what) .+\.$/);
});

test('reports unchecked locks to a caller who may not read them, since the deploy gate checks them too', async () => {
  const { clients } = await scriptedAws({
    DescribeStacks: { error: 'AccessDenied' },
    GetItem: { error: 'AccessDeniedException' },
  });
  const findings = await lockFindings(clients, { config: loadEnvironment('production'), stateTable: 'the-table' });
  expect(findings.map(({ state }) => state)).toEqual(['not-checked', 'not-checked', 'not-checked']);
});
