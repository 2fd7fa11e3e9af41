/**
 * No image is built here: there is no Docker engine. What an engine would be given is checked instead, and what its containers
 * would start is started, under the limits that they would have.
 */

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IgnoreStrategy } from 'aws-cdk-lib';
import { BundledService, buildServices, bundleOf, ROOT, type ServiceName } from './support/bundled-service.ts';
import { closeAfterEach } from './support/close-after-each.ts';
import { readDockerfile, valuesOf } from './support/dockerfile.ts';
import { catalogEnvironment, mcpEnvironment } from './support/running-services.ts';
import { makeTrust } from './support/trust-fixture.ts';

/** Where the base image has it; it is on no PATH. https://github.com/GoogleContainerTools/distroless/tree/main/nodejs */
const NODE = '/nodejs/bin/node';
const closeLater = closeAfterEach();
const both: readonly ServiceName[] = ['mcp', 'catalog'];

beforeAll(buildServices);

async function environmentOf(name: ServiceName) {
  const trust = await makeTrust();
  return name === 'mcp' ? mcpEnvironment(trust) : catalogEnvironment(trust, 'https://registry.example.org');
}

test('both services have the same Dockerfile', () => {
  const [one, other] = both.map((name) => readFileSync(join(ROOT, 'services', name, 'Dockerfile'), 'utf8'));
  expect(one).toBe(other);
});

describe.each(both)('the image of %s', (name) => {
  const folder = join(ROOT, 'services', name);
  const [checked, image, ...more] = readDockerfile(join(folder, 'Dockerfile'));

  test('is made in two stages, both on Node 24, the second without a shell', () => {
    expect(more).toEqual([]);
    expect(checked?.from).toBe('--platform=$BUILDPLATFORM node:24-slim AS checked');
    expect(image?.from).toBe('gcr.io/distroless/nodejs24-debian13:nonroot');
  });

  test('takes only the bundle from the stage that checked it', () => {
    expect(valuesOf(checked, 'COPY')).toEqual(['dist/server.mjs ./']);
    expect(existsSync(join(folder, 'dist/server.mjs'))).toBe(true);
    const [program, ...parameters]: string[] = JSON.parse(valuesOf(checked, 'RUN').join());
    expect([program, parameters]).toEqual(['node', ['--check', 'server.mjs']]);
    execFileSync(process.execPath, parameters, { cwd: join(folder, 'dist') });
    expect(valuesOf(image, 'COPY')).toEqual(['--from=checked --chmod=444 /app/server.mjs ./']);
    expect(valuesOf(image, 'ADD')).toEqual([]);
  });

  test('runs nothing while it is made, so that each platform can be built on the other', () => {
    expect(valuesOf(image, 'RUN')).toEqual([]);
  });

  test('holds no setting: everything comes with the task', () => {
    for (const stage of [checked, image]) expect(valuesOf(stage, 'ARG')).toEqual([]);
    expect(valuesOf(checked, 'ENV')).toEqual([]);
    expect(valuesOf(image, 'ENV')).toEqual(['NODE_ENV=production']);
  });

  test('has only the bundle in its context, by .dockerignore', () => {
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
    expect(valuesOf(image, 'USER')).toEqual(['65532:65532']);
  });

  test('has a health check without curl or shell that detects whether the service runs', async () => {
    const [, command = ''] = /CMD (\[.*\])$/.exec(valuesOf(image, 'HEALTHCHECK').join()) ?? [];
    const [program, ...parameters]: string[] = JSON.parse(command);
    expect(program).toBe(NODE);
    const check = (port: string) =>
      new Promise<number>((resolve) => {
        const child = execFile(process.execPath, parameters, { env: { PORT: port } });
        child.once('exit', (code) => resolve(code ?? -1));
      });
    const service = closeLater(new BundledService(name, await environmentOf(name)));
    const { port } = new URL(await service.listening());
    expect(await check(port)).toBe(0);
    await service.close();
    expect(await check(port)).toBe(1);
  });

  test('starts the bundle with node itself, which so gets the signal to stop', () => {
    expect(valuesOf(image, 'ENTRYPOINT')).toEqual([`["${NODE}"]`]);
    expect(valuesOf(image, 'CMD')).toEqual(['["server.mjs"]']);
  });

  test('works from a folder with only the bundle, and writes, starts and reads nothing else', async () => {
    // As on a read-only root without programs: the permission model of Node refuses files, processes and native code.
    const empty = realpathSync(mkdtempSync(join(tmpdir(), 'quilt-test-')));
    const bundle = join(empty, 'server.mjs');
    execFileSync('cp', [bundleOf(name), bundle]);
    const allowed = ['--permission', `--allow-fs-read=${bundle}`];
    const service = closeLater(new BundledService(name, await environmentOf(name), bundle, allowed));
    expect((await fetch(`${await service.listening()}/healthz`)).status).toBe(200);
    expect(service.output).not.toContain('ERR_ACCESS_DENIED');
    service.signal('SIGTERM');
    expect(await service.exited).toBe(0);
    rmSync(empty, { recursive: true });
  });
});
