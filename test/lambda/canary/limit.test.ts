import { createLimit } from '../../../lambda/canary/checks/recorder.ts';

test('runs so many at a time, in order, and goes on after a failure', async () => {
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
