import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages } from './docs/blocks.ts';

// `npm run docs`: writes the generated blocks of docs/ anew, from the source. With `--check` it only names what is stale.

const stale = (await pages()).filter(({ current, wanted }) => wanted !== current);
const check = process.argv.includes('--check');
for (const { file, wanted } of stale) {
  if (!check) writeFileSync(join(import.meta.dirname, '..', file), wanted);
  process.stdout.write(check ? `${file} is stale: run \`npm run docs\` and commit the result\n` : `Updated ${file}\n`);
}
process.exitCode = check && stale.length > 0 ? 1 : 0;
