/** The protocol of a rotation, played against a world in which anything may happen at any await; and what each rule of it is for. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleModel, playBundle } from './bundle.ts';
import { MUTANTS } from './mutants.ts';

const directory = mkdtempSync(join(tmpdir(), 'rotation-model-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the invariant holds whatever happens, and every run ends in a good state or with an alarm', async () => {
  const bundle = join(directory, 'model.mjs');
  await bundleModel(bundle);

  const { runs, unseen, outcomes, violation, happenings } = await playBundle(bundle, 100, 1);

  expect({ violation, happenings }).toEqual({});
  expect(runs).toBe(100);
  // Runs in which nothing was ever rotated would prove nothing.
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['rotated', 'undone', 'repaired', 'revoked']));
  // Nor would a Parameter Store that always shows what was just written.
  expect(unseen).toBeGreaterThan(0);
}, 120_000);

test('each of the nine rules is removed by some mutant', () => {
  expect([...new Set(MUTANTS.map(({ rule }) => rule))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test.each(MUTANTS.map((mutant) => [mutant.rule, mutant.what, mutant] as const))(
  'without rule %i the model finds a violation: %s',
  async (_rule, _what, { mutations, aim }) => {
    const bundle = join(directory, `mutant-${MUTANTS.findIndex((mutant) => mutant.mutations === mutations)}.mjs`);
    await bundleModel(bundle, mutations);

    const { violation } = await playBundle(bundle, 2000, 1, aim);

    expect(violation).toMatch(/^Violation: /);
  },
  120_000,
);
