import { CommandError } from '../../../cli/exit-codes.ts';
import type { Execution } from '../../../cli/rotation/execution.ts';
import { type RotateConnections, type RotateRequest, rotate } from '../../../cli/rotation/rotate.ts';
import { screenOn } from '../../../cli/terminal.ts';
import type { RotationRecord } from '../../../contract/rotation.ts';
import { CREATE, EXECUTION, FINISH, GRACE, IDLE, RETIRE } from '../support/records.ts';

/** What is seen in one look, and how many seconds pass until the next. */
type Look = { readonly record: RotationRecord | undefined; readonly over?: boolean; readonly seconds?: number };

const BEGAN = Date.parse('2026-01-02T03:00:00.000Z');
const RUNNING: Execution = { arn: EXECUTION, status: 'RUNNING', startedAt: new Date(BEGAN).toISOString() };
const OVER: Execution = { ...RUNNING, status: 'SUCCEEDED' };

const WATCH: RotateRequest = {
  command: { command: 'rotate', trigger: 'manual' },
  watch: true,
  attach: false,
  watchCommand: 'bin/quiltctl rotate --watch',
};

/** A world that goes from look to look; the last one stays. */
function worldOf(looks: readonly [Look, ...Look[]], isTTY = false) {
  const left = [...looks];
  const look = () => left[0] ?? looks[0];
  const interruption = new AbortController();
  const started: unknown[] = [];
  let now = BEGAN;
  let written = '';
  const connections: RotateConnections = {
    executions: {
      describe: async () => (look().over ? OVER : RUNNING),
      start: async (command) => {
        started.push(command);
        return RUNNING;
      },
    },
    readRecord: async () => look().record,
    async pause() {
      now += (look().seconds ?? 1) * 1000;
      if (left.length > 1) left.shift();
    },
    now: () => now,
    interrupted: interruption.signal,
  };
  const screen = screenOn({
    isTTY,
    write: (text: string) => {
      written += text;
      return true;
    },
  });
  return { connections, screen, started, interruption, output: () => written };
}

const ROLL = { service: 'mcp', deployment: 'ecs-svc/1', since: '2026-01-02T03:00:01.000Z' } as const;

const WHOLE: readonly [Look, ...Look[]] = [
  { record: IDLE },
  { record: CREATE },
  { record: { ...CREATE, roll: ROLL }, seconds: 20 },
  { record: { ...CREATE, roll: ROLL }, seconds: 20 },
  { record: { ...FINISH, roll: { ...ROLL, service: 'catalog', deployment: 'ecs-svc/2' } }, seconds: 78 },
  { record: GRACE, seconds: 30 },
  { record: GRACE, seconds: 35 },
  { record: RETIRE, seconds: 40 },
  { record: { ...IDLE, revision: 30 }, over: true },
];

test('watching shows one line for each phase and rollout', async () => {
  const { connections, screen, output } = worldOf(WHOLE);
  const seen = await rotate(WATCH, screen, connections);
  expect(seen).toMatchObject({ state: 'over', execution: OVER, record: { revision: 30 } });
  expect(output()).toBe(
    [
      'Rotation requested: manual-20260102T030000-beef',
      '2026-01-02T03:00:01Z      +1 s  createSecret: the next key is added to the accepted keys; MCP tasks are replaced one by one',
      '2026-01-02T03:00:02Z      +2 s  MCP: rollout ecs-svc/1 started',
      '2026-01-02T03:00:42Z     +42 s  MCP: rollout ecs-svc/1 ended',
      '2026-01-02T03:00:42Z     +42 s  finishSecret: the next key starts signing; catalog tasks are replaced one by one',
      '2026-01-02T03:00:42Z     +42 s  catalog: rollout ecs-svc/2 started',
      '2026-01-02T03:02:00Z    +120 s  catalog: rollout ecs-svc/2 ended',
      '2026-01-02T03:02:00Z    +120 s  grace: tokens of the old key expire; both keys are accepted',
      '2026-01-02T03:02:00Z    +120 s  grace until 2026-01-02T03:03:05.000Z',
      '2026-01-02T03:03:05Z    +185 s  retireSecret: the old key is removed from the accepted keys; tasks of both services are replaced one by one',
      '',
    ].join('\n'),
  );
});

test('a terminal shows a countdown of the grace time, replaced by the next line', async () => {
  const { connections, screen, output } = worldOf(WHOLE, true);
  await rotate(WATCH, screen, connections);
  const erase = '\r\u001b[K';
  expect(output()).toContain(`  grace: 1 min 5 s left${erase}  grace: 35 s left${erase}2026-01-02T03:03:05Z`);
});

test('shows the reason of a rollback', async () => {
  const back = { ...FINISH, direction: 'back', backBecause: 'The canary is red.' } as const;
  const { connections, screen, output } = worldOf([{ record: FINISH }, { record: back }, { record: IDLE, over: true }]);
  await rotate(WATCH, screen, connections);
  expect(output()).toMatch(/rolling back: The canary is red\.\n.*finishSecret: the old key signs again/);
});

test('without watching, returns as soon as the record names the execution', async () => {
  const { connections, screen, output } = worldOf([{ record: IDLE }, { record: CREATE }]);
  const seen = await rotate({ ...WATCH, watch: false }, screen, connections);
  expect(seen.state).toBe('begun');
  expect(output()).toContain(
    'Rotation started: manual-20260102T030000-beef; follow it with bin/quiltctl rotate --watch\n',
  );
});

test('shows nothing of another execution in the record: this one may be refused', async () => {
  const others = { ...CREATE, execution: `${EXECUTION}-other` };
  const { connections, screen, output } = worldOf([{ record: others }, { record: others, over: true }]);
  const seen = await rotate(WATCH, screen, connections);
  expect(seen.state).toBe('over');
  expect(output()).toBe('Rotation requested: manual-20260102T030000-beef\n');
});

test.each([
  ['runs', CREATE, false, 0],
  ['is dead', CREATE, true, 1],
  ['is not there', IDLE, false, 1],
  ['has no record', undefined, false, 1],
])('watching alone, when the rotation of the record %s', async (_, record, over, starts) => {
  const { connections, screen, started, output } = worldOf([
    { record, over },
    { record, over: true },
  ]);
  await rotate({ ...WATCH, attach: true }, screen, connections);
  expect(started).toHaveLength(starts);
  expect(output().includes('A rotation is already running; following it')).toBe(starts === 0);
});

/** A world whose record is driven by an execution that ended, until another one is started. */
function deadWorld(record: RotationRecord, dead: Partial<Execution> | undefined) {
  const { connections, screen, started, output } = worldOf([{ record }, { record: { ...record, execution: STARTED } }]);
  const begun: Execution = { ...RUNNING, arn: STARTED };
  return {
    started,
    screen,
    output,
    connections: {
      ...connections,
      executions: {
        start: async (command: RotateRequest['command']) => {
          await connections.executions.start(command);
          return begun;
        },
        describe: async (arn: string) => (arn === STARTED ? begun : dead && { ...RUNNING, ...dead }),
      },
    },
  };
}

const STARTED = `${EXECUTION}-two`;
const ABORTED: Partial<Execution> = { status: 'ABORTED', endedAt: '2026-01-02T02:50:00.000Z' };

test.each<[string, RotateRequest, Partial<Execution> | undefined, string]>([
  [
    'was stopped',
    { ...WATCH, attach: true },
    ABORTED,
    '(ABORTED, 2026-01-02T02:50:00.000Z); this one resumes the rotation.',
  ],
  ['is forgotten', WATCH, undefined, '(Step Functions has no record of it); this one resumes the rotation.'],
  [
    'was stopped, to resume it',
    { ...WATCH, command: { command: 'resume', trigger: 'manual' } },
    ABORTED,
    '(ABORTED, 2026-01-02T02:50:00.000Z); this one resumes the rotation.',
  ],
  [
    'was stopped, to go back',
    { ...WATCH, command: { command: 'abort', trigger: 'manual' } },
    ABORTED,
    '(ABORTED, 2026-01-02T02:50:00.000Z).',
  ],
])(
  'when the execution of the rotation %s, it is said before another one is started',
  async (_, request, dead, says) => {
    const { connections, screen, started, output } = deadWorld(CREATE, dead);
    const { resumed, driver } = await rotate({ ...request, watch: false }, screen, connections);
    expect(started).toHaveLength(1);
    expect(output()).toContain(`The execution of the rotation under way (createSecret) ended ${says}\n`);
    expect(output()).toContain('started: manual-20260102T030000-beef-two');
    expect({ resumed, driver }).toEqual({ resumed: request.command.command !== 'abort', driver: { state: 'running' } });
  },
);

test('reports that the caller may not ask Step Functions, and then cannot attach', async () => {
  const refusal = new CommandError('Said AWS.', 3);
  const { connections, screen, started, output } = deadWorld(CREATE, ABORTED);
  const describe = (arn: string) =>
    arn === EXECUTION ? Promise.reject(refusal) : connections.executions.describe(arn);
  const mute = { ...connections, executions: { ...connections.executions, describe } };
  await expect(rotate({ ...WATCH, attach: true }, screen, mute)).rejects.toBe(refusal);
  expect(started).toEqual([]);
  await rotate({ ...WATCH, watch: false }, screen, mute);
  expect(output()).toContain(
    'Could not check whether the execution of the rotation under way (createSecret) is running: Said AWS.\n',
  );
});

test('a revocation starts without any check', async () => {
  const { connections, screen, started } = deadWorld(CREATE, ABORTED);
  const blind = {
    ...connections,
    readRecord: () => (started.length > 0 ? connections.readRecord() : Promise.reject(new Error('read too early'))),
  };
  const revoke: RotateRequest = { ...WATCH, watch: false, command: { command: 'revoke', trigger: 'manual' } };
  await rotate(revoke, screen, blind);
  expect(started).toEqual([{ command: 'revoke', trigger: 'manual' }]);
});

test('returns what is known when the watching is stopped', async () => {
  const { connections, screen, interruption, output } = worldOf([{ record: CREATE }]);
  interruption.abort();
  const seen = await rotate(WATCH, screen, connections);
  expect(seen).toMatchObject({ state: 'interrupted', record: { phase: 'createSecret' } });
  expect(output()).toMatch(/Stopped watching; .* continues\./);
});

test('exits with 4 and names the execution when the function does not respond', async () => {
  const { connections, screen } = worldOf([{ record: IDLE, seconds: 60 }]);
  await expect(rotate(WATCH, screen, connections)).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining(EXECUTION),
  });
});
