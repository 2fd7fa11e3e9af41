import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IgnoreStrategy } from 'aws-cdk-lib';
import { BundledService, buildServices, bundleOf, ROOT, type ServiceName } from './support/bundled-service.ts';
import { closeAfterEach } from './support/close-after-each.ts';
import { catalogEnvironment, mcpEnvironment } from './support/running-services.ts';
import { makeTrust } from './support/trust-fixture.ts';

const closeLater = closeAfterEach();
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

/** No image is built here: there is no Docker engine. What an engine would be given is checked instead. */
describe.each(both)('the image of %s', (name) => {
  const folder = join(ROOT, 'services', name);
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');

  test('copies the bundle, which exists, and nothing else', () => {
    const copied = [...dockerfile.matchAll(/^COPY (\S+) \.\/$/gm)].map(([, source]) => source ?? '');
    expect(copied).toEqual(['dist/server.mjs']);
    expect(existsSync(join(folder, copied[0] ?? ''))).toBe(true);
    expect(dockerfile).not.toMatch(/^(ADD|RUN|ARG)/m);
  });

  test('gets nothing else to copy from: .dockerignore lets only the bundle pass', () => {
    const patterns = readFileSync(join(folder, '.dockerignore'), 'utf8').split('\n');
    const ignore = IgnoreStrategy.docker(
      folder,
      patterns.filter((line) => line !== '' && !line.startsWith('#')),
    );
    const ignored = (path: string) => ignore.ignores(join(folder, path));
    expect(ignored('dist/server.mjs')).toBe(false);
    for (const path of [
      'main.ts',
      'tools/define-tool.ts',
      'dist/other.mjs',
      'Dockerfile',
      '.env',
      'node_modules/x/y.js',
    ]) {
      expect([path, ignored(path)]).toEqual([path, true]);
    }
  });

  test('runs as a user that is not root, by number', () => {
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  });

  test('has a health check without curl, that tells a running service from none', async () => {
    const [, command] = /^HEALTHCHECK .*\\\n +CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    const [program, ...parameters]: string[] = JSON.parse(command ?? '[]');
    expect(program).toBe('node');
    const check = (port: string) =>
      new Promise<number>((resolve) => {
        const child = execFile(process.execPath, parameters, { env: { PORT: port } });
        child.once('exit', (code) => resolve(code ?? -1));
      });
    const trust = await makeTrust();
    const environment =
      name === 'mcp' ? mcpEnvironment(trust) : catalogEnvironment(trust, 'https://registry.example.org');
    const service = closeLater(new BundledService(name, environment));
    const { port } = new URL(await service.listening());
    expect(await check(port)).toBe(0);
    await service.close();
    expect(await check(port)).toBe(1);
  });

  test('starts the bundle with node itself, from a folder that holds nothing but it', async () => {
    expect(dockerfile).toMatch(/^CMD \["node", "server\.mjs"\]$/m);
    const empty = mkdtempSync(join(tmpdir(), 'quilt-test-'));
    execFileSync('cp', [bundleOf(name), join(empty, 'server.mjs')]);
    const trust = await makeTrust();
    const environment =
      name === 'mcp' ? mcpEnvironment(trust) : catalogEnvironment(trust, 'https://registry.example.org');
    const service = closeLater(new BundledService(name, environment, join(empty, 'server.mjs')));
    expect((await fetch(`${await service.listening()}/healthz`)).status).toBe(200);
    rmSync(empty, { recursive: true });
  });
});
