/** The model of model.test.ts, played more often and from another beginning. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleModel, playBundle } from './bundle.ts';

const directory = mkdtempSync(join(tmpdir(), 'rotation-model-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the invariant holds in 1,000 runs', async () => {
  const bundle = join(directory, 'model.mjs');
  await bundleModel(bundle);

  const { runs, violation, happenings } = await playBundle(bundle, 1000, 2);

  expect({ runs, violation, happenings }).toEqual({ runs: 1000 });
}, 300_000);
