import { CheckRecorder, createLimit } from '../../../../lambda/canary/checks/recorder.ts';
import { CheckFailure } from '../../../../lambda/canary/fault.ts';
import { outputOf } from '../../support/captured-output.ts';

const never = new AbortController().signal;

test('gives the value of a check to those that need it', async () => {
  const checks = new CheckRecorder(never);
  const first = await checks.run('parameters-valid', [], async () => 20);
  const second = await checks.run('initialize-without-token', [], async () => 3);
  const sum = await checks.run('tools-list-with-token', [first, second], async (a, b) => a + b);
  expect(sum.passed).toEqual({ value: 23 });
  expect(checks.results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
});

test('a check that passes with nothing is a check that passed', async () => {
  const checks = new CheckRecorder(never);
  const first = await checks.run('parameters-valid', [], async () => undefined);
  await checks.run('initialize-without-token', [first], async () => {});
  expect(checks.results.at(-1)).toMatchObject({ verdict: 'pass' });
});

test('skips what needs a check that did not pass, and names it', async () => {
  const checks = new CheckRecorder(never);
  const failed = await checks.run('parameters-valid', [], async (): Promise<number> => {
    throw new CheckFailure('unreachable', 'the reason');
  });
  await checks.run('tools-list-with-token', [failed], () => Promise.reject(new Error('never run')));
  expect(checks.results).toEqual([
    { name: 'parameters-valid', verdict: 'fail', durationMs: expect.any(Number), reason: 'unreachable: the reason' },
    {
      name: 'tools-list-with-token',
      verdict: 'skipped',
      durationMs: 0,
      reason: 'needs parameters-valid, which did not pass',
    },
  ]);
});

test('runs nothing once the time is over', async () => {
  const checks = new CheckRecorder(AbortSignal.abort());
  await checks.run('parameters-valid', [], () => Promise.reject(new Error('never run')));
  expect(checks.results).toMatchObject([{ verdict: 'skipped', reason: 'the time for all checks was over' }]);
});

test('an unexpected error fails its check by its class; the log has its origin, and neither has its message', async () => {
  const checks = new CheckRecorder(never);
  const logs = await outputOf(() => checks.run('parameters-valid', [], async () => JSON.parse('quoted-by-the-parser')));
  expect(checks.results).toMatchObject([
    { verdict: 'fail', reason: expect.stringMatching(/^unexpected: SyntaxError/) },
  ]);
  expect(logs.join()).toContain('recorder.test');
  expect(JSON.stringify(checks.results) + logs.join()).not.toContain('quoted');
});

test('lists checks in the order of the report, whichever ends first', async () => {
  const checks = new CheckRecorder(never);
  await checks.run('key-ids-agree', [], async () => {});
  await checks.run('parameters-valid', [], async () => {});
  expect(checks.results.map(({ name }) => name)).toEqual(['parameters-valid', 'key-ids-agree']);
});

test('waits for a check that has not ended yet', async () => {
  const checks = new CheckRecorder(never);
  const order: string[] = [];
  const first = checks.run('parameters-valid', [], async () => {
    await new Promise(setImmediate);
    order.push('first');
    return 1;
  });
  const second = checks.run('mcp-reachable', [first], async (value) => {
    order.push('second');
    return value + 1;
  });
  expect((await second).passed).toEqual({ value: 2 });
  expect(order).toEqual(['first', 'second']);
});

describe('a check that is tolerated', () => {
  const fails = () => Promise.reject(new CheckFailure('accepted', 'the reason'));

  test('keeps its reason when it does not pass, and passes when it does', async () => {
    const checks = new CheckRecorder(never, ['no-token-refused', 'garbage-token-refused']);
    await checks.run('no-token-refused', [], fails);
    await checks.run('garbage-token-refused', [], async () => {});
    expect(checks.results).toMatchObject([
      { verdict: 'tolerated', reason: 'accepted: the reason' },
      { verdict: 'pass' },
    ]);
  });

  test('does not stand in for those that need it', async () => {
    const checks = new CheckRecorder(never, ['initialize-without-token']);
    const failed = await checks.run('initialize-without-token', [], fails);
    await checks.run('tools-list-with-token', [failed], async () => {});
    expect(checks.results.map(({ verdict }) => verdict)).toEqual(['tolerated', 'skipped']);
  });

  test('decides nothing about trying again', async () => {
    const checks = new CheckRecorder(never, ['no-token-refused']);
    await checks.run('no-token-refused', [], fails);
    expect(checks.settles).toBe(true);
    await checks.run('garbage-token-refused', [], fails);
    expect(checks.settles).toBe(false);
  });
});

test('limits concurrency, keeps the order, and continues after a failure', async () => {
  const limit = createLimit(2);
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const works = [0, 1, 2, 3].map((n) =>
    limit(async () => {
      started.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (n === 0) throw new Error('failed');
      return n;
    }).catch((error: Error) => error.message),
  );
  expect(started).toEqual([0, 1]);
  ends[0]?.();
  expect(await works[0]).toBe('failed');
  expect(started).toEqual([0, 1, 2]);
  ends[1]?.();
  await works[1];
  for (const end of ends) end();
  expect(await Promise.race([works[2], works[3]])).toBe(2);
  for (const end of ends) end();
  expect(await Promise.all(works)).toEqual(['failed', 1, 2, 3]);
});
