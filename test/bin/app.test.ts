import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBundles } from '../support/build.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const outdir = temporaryDirectory();
beforeAll(buildBundles);

/** Runs the app as the CDK CLI does. */
function runApp(context: Record<string, string>, account?: string) {
  const { app, context: flags } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const [, ...args] = app.split(' ');
  const { CDK_DEFAULT_ACCOUNT: _, ...env } = process.env;
  return spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...env,
      CDK_VALIDATION: 'true',
      CDK_OUTDIR: outdir(),
      CDK_CONTEXT_JSON: JSON.stringify({ ...flags, ...context }),
      ...(account && { CDK_DEFAULT_ACCOUNT: account }),
    },
  });
}

test('synthesises the environment that is named', () => {
  const { status, stderr } = runApp({ environment: 'production' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(readdirSync(outdir())).toEqual(
    expect.arrayContaining(['Foundation.template.json', 'Services.template.json', 'Trust.template.json']),
  );
});

test.each([
  ['an unknown environment', { environment: 'prod' }, undefined, 'command line: -c environment'],
  ['an account that is not the emulator’s', {}, '111122223333', 'config/local.ts: account'],
  ['a deploy that only reports, without a reason', { canary: 'report' }, undefined, 'command line: -c reason'],
  ['a local URL that is elsewhere', { publicUrl: 'https://example.org' }, undefined, 'command line: -c publicUrl'],
])('refuses %s with exit code 2, a sentence, no stack trace and nothing to deploy', (_, context, account, place) => {
  const { status, stderr } = runApp(context as Record<string, string>, account);
  expect(status).toBe(2);
  expect(stderr).toContain(place);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(readdirSync(outdir())).toEqual([]);
});
