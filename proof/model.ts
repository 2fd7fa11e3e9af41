/**
 * Plays 10,000 rotations against a world in which anything may happen at any await, on all cores:
 *
 *   npm run proof:model [-- --runs N --seed N]
 *
 * Ends with `0 violations in N runs`, or with the run that broke the invariant and how to repeat it.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleModel, playBundle } from '../test/lambda/rotation/model/bundle.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
/** So many runs a process: progress is shown after each. */
const PORTION = 500;

async function main(): Promise<number> {
  const wanted = Number(values.runs);
  const directory = mkdtempSync(join(tmpdir(), 'rotation-model-'));
  const bundle = join(directory, 'model.mjs');
  const outcomes: Record<string, number> = {};
  const total = { begun: 0, runs: 0, crashes: 0, unseen: 0, violations: 0 };
  try {
    await bundleModel(bundle);
    const worker = async () => {
      while (total.begun < wanted) {
        const runs = Math.min(PORTION, wanted - total.begun);
        const seed = Number(values.seed) + total.begun / PORTION;
        total.begun += runs;
        const played = await playBundle(bundle, runs, seed);
        total.runs += played.runs;
        total.crashes += played.crashes;
        total.unseen += played.unseen;
        for (const [outcome, count] of Object.entries(played.outcomes))
          outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
        if (played.violation !== undefined) {
          total.violations += 1;
          process.stdout.write(
            `\nseed ${seed}, path ${played.path}\n${played.violation}\n${played.happenings?.join('\n')}\n`,
          );
        }
        process.stderr.write(`${total.runs} of ${wanted} runs, ${total.violations} violations\n`);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const ends = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
  process.stdout.write(`last outcome of each run: ${ends.join(', ')}\nfunction killed ${total.crashes} times\n`);
  process.stdout.write(`a write was not to be seen yet ${total.unseen} times\n`);
  process.stdout.write(`${total.violations} violations in ${total.runs} runs\n`);
  return total.violations === 0 && total.runs === wanted ? 0 : 1;
}

process.exitCode = await main();
