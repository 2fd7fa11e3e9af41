import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
const KB = 1_000;

/** Limits of the bundles: a function's cold start grows with every byte that Node has to parse. */
const LIMITS = { 'secret-parameter': 450 * KB, canary: 1_100 * KB, 'deploy-gate': 750 * KB, rotation: 700 * KB };

const bundleOf = (name: string): string => join(ROOT, 'lambda', name, 'dist', 'index.mjs');

beforeAll(async () => {
  const only = Object.keys(LIMITS).flatMap((name) => ['--only', name]);
  await run(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), ...only]);
}, 60_000);

test.each(Object.entries(LIMITS))('the bundle of %s stays within %d bytes', (name, limit) => {
  expect(statSync(bundleOf(name)).size).toBeLessThanOrEqual(limit);
});

test.each(Object.keys(LIMITS))('the bundle of %s loads by itself and exports a handler', async (name) => {
  const script = `import(${JSON.stringify(pathToFileURL(bundleOf(name)))}).then((m) => console.log(Object.keys(m), typeof m.handler))`;
  const env = { PATH: process.env.PATH ?? '', AWS_REGION: 'us-east-1' };
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: '/', env });
  expect(stdout.trim()).toBe("[ 'handler' ] function");
});
