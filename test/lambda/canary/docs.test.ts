import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECK_NAMES } from '../../../contract/canary-report.ts';
import { REASON_NAMES } from '../../../lambda/canary/fault.ts';

/** First cells of the tables of `docs/canary.md`. */
const documented = readFileSync(join(__dirname, '../../../docs/canary.md'), 'utf8')
  .split('\n')
  .flatMap((line) => /^\| ((?:`[a-z-]+`[, ↻]*)+)\|/.exec(line)?.[1] ?? [])
  .flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));

test.each([...CHECK_NAMES, ...REASON_NAMES])('%s has its row in the documentation', (name) => {
  expect(documented).toContain(name);
});
