import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { buildServices, bundleOf, ROOT, type ServiceName } from './support/bundled-service.ts';

const both: readonly ServiceName[] = ['mcp', 'catalog'];

beforeAll(buildServices);

describe.each(both)('the bundle of %s', (name) => {
  test('is not written again when nothing changed', () => {
    const before = statSync(bundleOf(name));
    buildServices();
    const after = statSync(bundleOf(name));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  test('tells nothing of the machine it was built on', () => {
    expect(readFileSync(bundleOf(name), 'utf8')).not.toContain(ROOT);
  });
});

test('a name that is no bundle is refused, with those that are', () => {
  expect(() =>
    execFileSync(process.execPath, ['scripts/build.mjs', '--only', 'nothing'], { cwd: ROOT, stdio: 'pipe' }),
  ).toThrow(/nothing to build is called nothing; there are catalog, mcp/);
});
