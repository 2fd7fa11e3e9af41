import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../config/errors.ts';
import { loadEnvironment } from '../../config/load.ts';
import { buildBundles } from '../support/build.ts';
import { problemsOf } from './support/problems.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const IMAGE = `registry.example.org/mcp@sha256:${'a'.repeat(64)}`;

beforeAll(buildBundles);

describe('choice of the environment', () => {
  test('is local without a name', () => {
    expect(loadEnvironment()).toEqual(loadEnvironment('local'));
  });

  test.each(['prod', '', 'constructor', 7])(
    'an unknown environment is refused, and the known ones are listed: %p',
    (name) => {
      expect(problemsOf(() => loadEnvironment(name))).toEqual([
        {
          file: 'command line',
          key: '-c environment',
          rule: `There is no environment ${JSON.stringify(name)}`,
          remedy: expect.stringContaining('local, production'),
        },
      ]);
    },
  );
});

describe('production', () => {
  test('is complete, on HTTPS, with two tasks a service', () => {
    const config = loadEnvironment('production');
    expect(config).toMatchObject({
      account: '111122223333',
      region: 'us-east-1',
      publicUrl: 'https://quilt.example.org',
      tokenLifetimeSeconds: 3600,
      tokenLeewaySeconds: 10,
      terminationProtection: true,
      canary: { connect: 'load-balancer', buckets: [], everyMinutes: 5, tolerate: [] },
      rotation: { everyDays: 30, paused: false, rollOutMinutes: 15 },
      operations: { emails: [] },
    });
    for (const service of Object.values(config.services))
      expect(service).toMatchObject({ desiredCount: 2, port: 8080 });
  });

  test('takes an image by digest from the command line, for the platform of its file', () => {
    expect(loadEnvironment('production', { mcpImage: IMAGE }).services.mcp.image).toEqual({
      kind: 'reference',
      uri: IMAGE,
      platform: 'linux/amd64',
    });
  });

  test('refuses an image that a tag names', () => {
    expect(
      problemsOf(() => loadEnvironment('production', { catalogImage: 'registry.example.org/catalog:1.2' })),
    ).toEqual([
      {
        file: 'command line',
        key: '-c catalogImage',
        rule: expect.stringContaining('digest'),
        remedy: expect.stringContaining('@sha256:'),
      },
    ]);
  });

  test.each([
    ['publicUrl', 'http://127.0.0.1:8443'],
    ['registryUrl', 'http://127.0.0.1:8444'],
    ['tokenLifetime', '60'],
  ])('refuses an option of the local run: %s', (option, value) => {
    const problems = problemsOf(() => loadEnvironment('production', { [option]: value }));
    expect(problems).toMatchObject([{ key: `-c ${option}`, remedy: expect.stringContaining('config/production.ts') }]);
  });

  test('is for the account that its file names', () => {
    expect(loadEnvironment('production', {}, '444455556666').account).toBe('111122223333');
  });
});

describe('local', () => {
  test('is the emulator’s account, and refuses the credentials of any other', () => {
    expect(loadEnvironment('local', {}, '000000000000').account).toBe('000000000000');
    expect(problemsOf(() => loadEnvironment('local', {}, '111122223333'))).toEqual([
      {
        file: 'config/local.ts',
        key: 'account',
        rule: expect.stringContaining('111122223333'),
        remedy: expect.stringContaining('npm start'),
      },
    ]);
  });

  test('names its images after the bundles of this clone', () => {
    const { services } = loadEnvironment('local');
    for (const [name, { image }] of Object.entries(services)) {
      const bundle = readFileSync(join(ROOT, 'services', name, 'dist', 'server.mjs'));
      const digest = createHash('sha256').update(bundle).digest('hex');
      expect(image).toMatchObject({ kind: 'reference', uri: `quilt.local/${name}@sha256:${digest}` });
    }
  });

  test('gets its URLs from the command line', () => {
    expect(
      loadEnvironment('local', { publicUrl: 'http://127.0.0.1:4001', registryUrl: 'http://localhost:4002' }),
    ).toMatchObject({
      publicUrl: 'http://127.0.0.1:4001',
      hostName: '127.0.0.1',
      registryUrl: 'http://localhost:4002',
    });
  });

  test('has tokens that end soon, so that a rotation can be watched', () => {
    expect(loadEnvironment('local')).toMatchObject({ tokenLifetimeSeconds: 60, tokenLeewaySeconds: 5 });
    expect(loadEnvironment('local', { tokenLifetime: '15' }).tokenLifetimeSeconds).toBe(15);
  });

  test.each(['9', '86401', '1.5', '60s', '', '-60', 60])('refuses a token lifetime of %p', (tokenLifetime) => {
    expect(problemsOf(() => loadEnvironment('local', { tokenLifetime }))).toEqual([
      {
        file: 'command line',
        key: '-c tokenLifetime',
        rule: expect.stringContaining('ten seconds'),
        remedy: expect.stringContaining('Write 10 to 86400'),
      },
    ]);
  });

  test.each([
    'https://quilt.example.org',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org:80',
    'http://10.0.0.1:8443',
    'http://127.0.0.1:8443/path',
    'ftp://127.0.0.1',
    'not a URL',
    8443,
  ])('refuses to be anywhere else: %p', (url) => {
    const problems = problemsOf(() => loadEnvironment('local', { publicUrl: url, registryUrl: url }));
    const keys = new Set(problems.map(({ key }) => key));
    expect(keys).toEqual(new Set(['-c publicUrl', '-c registryUrl']));
    for (const { remedy } of problems) expect(remedy).toContain('http://127.0.0.1:8443');
  });
});

test('an error is one text that needs no stack trace, and repeats no value', () => {
  const pasted = 'pasted-into-the-wrong-place';
  const text = (() => {
    try {
      loadEnvironment('local', { publicUrl: pasted, mcpImage: pasted });
    } catch (error) {
      if (error instanceof ConfigurationError) return error.message;
    }
    return undefined;
  })();
  expect(text).toMatch(/nothing was synthesised/);
  expect(text).toContain('command line: -c publicUrl');
  expect(text).toContain('command line: -c mcpImage');
  expect(text).not.toContain(pasted);
  expect(text).not.toMatch(/^\s+at /m);
});
