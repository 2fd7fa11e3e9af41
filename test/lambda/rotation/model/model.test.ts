/** The protocol of a rotation, played against a world in which anything may happen at any await; and what each rule of it is for. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleModel } from './bundle.ts';
import type { Aim } from './happenings.ts';
import { MUTANTS } from './mutants.ts';

const directory = mkdtempSync(join(tmpdir(), 'rotation-model-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Played {
  readonly runs: number;
  readonly unseen: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly violation?: string;
  readonly happenings?: readonly string[];
}

/** Plays in a process of its own, as the proof does: what is played is one file, made from the code as it is, or changed. */
function play(bundle: string, runs: number, aim: Aim = {}): Promise<Played> {
  const args = [bundle, '--runs', String(runs), '--seed', '1', '--aim', JSON.stringify(aim)];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', () => {
      try {
        resolve(JSON.parse(output) as Played);
      } catch (error) {
        reject(error);
      }
    });
  });
}

test('the invariant holds whatever happens, and every run ends in a good state or with an alarm', async () => {
  const bundle = join(directory, 'model.mjs');
  await bundleModel(bundle);

  const { runs, unseen, outcomes, violation, happenings } = await play(bundle, 300);

  expect({ violation, happenings }).toEqual({});
  expect(runs).toBe(300);
  // Runs in which nothing was ever rotated would prove nothing.
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['rotated', 'undone', 'repaired', 'revoked']));
  // Nor would a Parameter Store that always shows what was just written.
  expect(unseen).toBeGreaterThan(0);
}, 120_000);

test('every one of the nine rules is taken out by some mutant', () => {
  expect([...new Set(MUTANTS.map(({ rule }) => rule))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test.each(MUTANTS.map((mutant) => [mutant.rule, mutant.what, mutant] as const))(
  'without rule %i the model finds a violation: %s',
  async (_rule, _what, { mutations, aim }) => {
    const bundle = join(directory, `mutant-${MUTANTS.findIndex((mutant) => mutant.mutations === mutations)}.mjs`);
    await bundleModel(bundle, mutations);

    const { violation } = await play(bundle, 2000, aim);

    expect(violation).toMatch(/^Violation: /);
  },
  120_000,
);
