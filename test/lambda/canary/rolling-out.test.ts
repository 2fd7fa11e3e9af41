import { outputOf } from '../support/captured-output.ts';
import { bodyOf, serve } from '../support/servers.ts';
import { type Account, answer, failuresOf, run, startAccount } from './account.ts';
import { closeDeployments } from './deployment.ts';
import { type EcsReport, startEcs } from './ecs.ts';
import { onMethod } from './faults/injected.ts';

let account: Account;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await closeDeployments();
});

const scheduled = { trigger: 'schedule', pauseMs: 0 } as const;
const settling = { settling: true, pauseMs: 0 } as const;

/** An attempt counts the tasks at its start and at the end of `all-tasks-seen`. */
const isEndOfAttempt = (call: number): boolean => call % 2 === 0;

/** Puts the clock forward, until another attempt would not end in the canary's time. */
function almostOver(): void {
  const real = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => real() + 50_000);
}

describe('a rollout that the schedule meets', () => {
  test.each<[string, EcsReport]>([
    ['a second deployment', { running: 3, mcp: ['IN_PROGRESS', 'COMPLETED'] }],
    ['a deployment in progress', { running: 3, mcp: ['IN_PROGRESS'] }],
    ['a deployment of the other service', { catalog: ['COMPLETED', 'COMPLETED'] }],
  ])('%s: the canary repeats its checks, and is green after the rollout', async (_, ecsReport) => {
    const ecs = await startEcs((call) => (call <= 4 ? ecsReport : {}));
    const { origin } = await account.start();
    const report = await run(origin, { ...scheduled, ecs });
    expect(failuresOf(report)).toEqual({});
    expect(report).toMatchObject({ verdict: 'green', attempts: 3 });
    expect(report.services).toEqual([
      { service: 'mcp', running: 2, desired: 2 },
      { service: 'catalog', running: 1, desired: 1 },
    ]);
  });

  test('tasks that differ settle too', async () => {
    let isOver = false;
    let old: string | null | undefined;
    const { origin } = await account.start({
      rewrite: ({ path }, { headers }) => {
        if (path !== '/mcp') return;
        old ??= headers.get('x-quilt-task');
        if (!isOver && headers.get('x-quilt-task') === old) headers.set('x-quilt-key-ids', 'other.00000000');
      },
    });
    const ecs = await startEcs((call) => {
      isOver = call > 2;
      return isOver ? {} : { mcp: ['IN_PROGRESS'] };
    });
    const report = await run(origin, { ...scheduled, ecs, tolerated: ['all-tasks-seen'] });
    expect(report).toMatchObject({ verdict: 'green', attempts: 2 });
  });

  test('without one nothing is asked twice', async () => {
    const ecs = await startEcs(() => ({ running: 3 }));
    const { origin } = await account.start();
    const report = await run(origin, { ...scheduled, ecs });
    expect(report).toMatchObject({ verdict: 'red', attempts: 1 });
    expect(failuresOf(report)['all-tasks-seen']).toMatch(/^tasks-unseen: ECS runs 3 tasks/);
  });

  test('a failure that settling cannot explain is reported at once', async () => {
    account.put(undefined, account.keySet);
    const ecs = await startEcs(() => ({ mcp: ['IN_PROGRESS'] }));
    const { origin } = await account.start();
    expect(await run(origin, { ...scheduled, ecs })).toMatchObject({ verdict: 'red', attempts: 1 });
  });
});

describe('tasks that change while they are asked', () => {
  test('a count that grew: one of those that run was not asked', async () => {
    const ecs = await startEcs((call) => ({ running: isEndOfAttempt(call) ? 3 : 2 }));
    const { origin } = await account.start();
    const report = await run(origin, { ...scheduled, ecs });
    expect(failuresOf(report)).toEqual({
      'all-tasks-seen': expect.stringMatching(/^tasks-unseen: ECS ran 2 tasks of the mcp .* runs 3 now/),
    });
  });

  test('a rollout that began: as many answered, and they may be others', async () => {
    const ecs = await startEcs((call) => (call === 2 ? { mcp: ['IN_PROGRESS', 'COMPLETED'] } : {}));
    const { origin } = await account.start();
    expect(await run(origin, { ...scheduled, ecs })).toMatchObject({ verdict: 'green', attempts: 2 });
  });

  test('a rollout that does not end is named when the time is nearly over', async () => {
    const ecs = await startEcs((call) => {
      if (call === 2 * 2) almostOver();
      return { catalog: ['IN_PROGRESS'] };
    });
    const { origin } = await account.start();
    const report = await run(origin, { ...scheduled, ecs });
    expect(report.attempts).toBe(2);
    expect(failuresOf(report)['all-tasks-seen']).toMatch(
      /^tasks-unseen: ECS is replacing tasks of the catalog service/,
    );
  });
});

describe('a hiccup of AWS', () => {
  test.each([1, 2])('call %d of ECS fails: asked again', async (failing) => {
    const ecs = await startEcs((call) => (call === failing ? 'ThrottlingException' : {}));
    const { origin } = await account.start();
    await outputOf(async () => {
      expect(await run(origin, { ...settling, ecs })).toMatchObject({ verdict: 'green', attempts: 2 });
    });
  });

  test('SSM fails once: asked again', async () => {
    let left = 1;
    const { endpoint } = account.aws;
    process.env.AWS_ENDPOINT_URL = await serve(async (request, response) => {
      const body = await bodyOf(request);
      const type = 'application/x-amz-json-1.1';
      const target = String(request.headers['x-amz-target']);
      if (target.endsWith('GetParameters') && left-- > 0) {
        answer(response, 400, type, '{"__type":"AccessDeniedException"}');
        return;
      }
      const headers = { 'content-type': type, 'x-amz-target': target };
      answer(response, 200, type, await (await fetch(endpoint, { method: 'POST', headers, body })).text());
    });
    const { origin } = await account.start();
    expect(await run(origin, settling)).toMatchObject({ verdict: 'green', attempts: 2 });
  });
});

describe('a fault that lasts', () => {
  test('is reported after three attempts with the same failures, even if the numbers in the reasons differ', async () => {
    const ecs = await startEcs((call) => ({ running: 3 + call }));
    const { origin } = await account.start();
    const report = await run(origin, { ...settling, ecs });
    expect(report).toMatchObject({ verdict: 'red', attempts: 3 });
    expect(failuresOf(report)['all-tasks-seen']).toMatch(/^tasks-unseen: /);
  });

  test('is given the same time after a rollout, which explained it until then', async () => {
    const ecs = await startEcs((call) => ({ running: 3, mcp: [call <= 4 ? 'IN_PROGRESS' : 'COMPLETED'] }));
    const { origin } = await account.start();
    expect(await run(origin, { ...settling, ecs })).toMatchObject({ verdict: 'red', attempts: 5 });
  });

  test('is another one when its reason is another', async () => {
    let pings = 0;
    const broken = onMethod('ping', 503);
    const catalog = onMethod('ping', 404);
    const { origin } = await account.start({
      intercept: (asked, ...rest) => {
        if (asked.rpcMethod !== 'ping') return false;
        pings += 1;
        return pings <= 2 ? broken(asked, ...rest) : catalog(asked, ...rest);
      },
    });
    const report = await run(origin, { ...settling, ecs: await startEcs(() => ({})) });
    expect(report).toMatchObject({ verdict: 'red', attempts: 5 });
    expect(failuresOf(report)).toEqual({ 'mcp-reachable': expect.stringMatching(/^not-mcp: /) });
  });

  test('is not distinguished from a rollout when ECS does not answer', async () => {
    const ecs = await startEcs((call) => {
      // One call an attempt: without an answer to `ping` no task is counted at its end.
      if (call === 5) almostOver();
      return { mcp: [] };
    });
    const { origin } = await account.start({ intercept: onMethod('ping', 503) });
    const report = await run(origin, { ...settling, ecs });
    expect(report.attempts).toBe(5);
  });
});
