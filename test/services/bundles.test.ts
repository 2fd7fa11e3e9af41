import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  test('contains nothing of the machine that built it', () => {
    expect(readFileSync(bundleOf(name), 'utf8')).not.toContain(ROOT);
  });
});

test('an unknown name is refused with the list of bundles', () => {
  expect(() =>
    execFileSync(process.execPath, ['scripts/build.mjs', '--only', 'nothing'], { cwd: ROOT, stdio: 'pipe' }),
  ).toThrow(/no bundle is named nothing; choose from catalog, mcp/);
});

describe('a bundle', () => {
  const project = mkdtempSync(join(tmpdir(), 'quilt-bundle-'));
  const at = (file: string) => join(project, file);
  const write = (file: string, text: string) => writeFileSync(at(file), text);
  /** What the build says, and when it noted last what the bundle was made from. */
  const build = () => {
    const said = execFileSync(process.execPath, [at('scripts/build.mjs'), '--verbose'], { encoding: 'utf8' });
    return { said, made: statSync(at('.local/build/demo.json')).mtimeMs };
  };

  beforeAll(() => {
    for (const folder of ['scripts', 'services/demo']) mkdirSync(at(folder), { recursive: true });
    cpSync(join(ROOT, 'scripts/build.mjs'), at('scripts/build.mjs'));
    symlinkSync(join(ROOT, 'node_modules'), at('node_modules'));
    mkdirSync(at('lambda'));
    write('services/demo/main.ts', "import { word } from './word.ts';\nconsole.log(word);\n");
    write('services/demo/word.ts', "export const word = 'first';\n");
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  const bundle = () => readFileSync(at('services/demo/dist/server.mjs'), 'utf8');

  test('is made again when a source that it imports has changed, and not before', () => {
    const { made } = build();
    expect(bundle()).toContain('first');
    expect(build()).toEqual({ said: expect.stringContaining(', unchanged'), made });
    write('services/demo/word.ts', "export const word = 'other';\n");
    build();
    expect(bundle()).toContain('other');
  });

  test.each([
    ['was changed', () => write('services/demo/dist/server.mjs', 'console.log(0);\n')],
    ['is gone', () => rmSync(at('services/demo/dist'), { recursive: true })],
  ])('is made again when it %s', (_what, disturb) => {
    build();
    disturb();
    build();
    expect(bundle()).toContain('other');
  });

  test('is made again when other packages were installed', () => {
    const { made } = build();
    write('package-lock.json', '{}');
    expect(build().made).toBeGreaterThan(made);
  });
});
