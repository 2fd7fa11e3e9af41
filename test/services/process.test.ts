import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSecret } from '../../auth/generate-secret.ts';
import { createKeySet, serializeKeySet } from '../../auth/key-set.ts';
import { startRegistry } from '../../local/registry/server.ts';
import { BundledService, buildServices, bundleOf, ROOT, type ServiceName } from './support/bundled-service.ts';
import { closeAfterEach } from './support/close-after-each.ts';
import { holdRegistry } from './support/held-registry.ts';
import { loginAs } from './support/registry-login.ts';
import { bearer, openSession, post, TOOLS_LIST } from './support/rpc.ts';
import { catalogEnvironment, mcpEnvironment } from './support/running-services.ts';
import { makeTrust, type Trust } from './support/trust-fixture.ts';

const closeLater = closeAfterEach();
const REGISTRY = 'https://registry.example.org';
const both: readonly ServiceName[] = ['mcp', 'catalog'];
let trust: Trust;

beforeAll(async () => {
  buildServices();
  trust = await makeTrust();
});

const environmentOf = (name: ServiceName, more: Record<string, string | undefined> = {}) =>
  name === 'mcp' ? mcpEnvironment(trust, more) : catalogEnvironment(trust, REGISTRY, more);

describe.each(both)('%s does not start', (name) => {
  const marked = (text: string) => `marked-${text}`;
  const cases: [what: string, more: () => Promise<Record<string, string | undefined>>, said: RegExp][] = [
    [
      'without a secret',
      async () => ({ MCP_ENHANCED_JWT_SECRET: undefined }),
      /MCP_ENHANCED_JWT_SECRET: The secret is missing/,
    ],
    [
      'with a secret of white space',
      async () => ({ MCP_ENHANCED_JWT_SECRET: ' \n' }),
      /MCP_ENHANCED_JWT_SECRET: The secret is missing/,
    ],
    [
      'with a short secret',
      async () => ({ MCP_ENHANCED_JWT_SECRET: marked('short') }),
      /MCP_ENHANCED_JWT_SECRET: The secret is 12 bytes/,
    ],
    [
      'with white space in the secret',
      async () => ({ MCP_ENHANCED_JWT_SECRET: marked(`${generateSecret()} x`) }),
      /white space inside/,
    ],
    [
      'with another secret than the key set holds',
      async () => ({ MCP_ENHANCED_JWT_SECRET: marked(generateSecret()) }),
      /not in the key set/,
    ],
    [
      'without a key set',
      async () => ({ MCP_ENHANCED_JWT_KEYS: undefined }),
      /MCP_ENHANCED_JWT_KEYS: The key set is missing/,
    ],
    [
      'with a key set that is no JSON',
      async () => ({ MCP_ENHANCED_JWT_KEYS: marked('{') }),
      /MCP_ENHANCED_JWT_KEYS: The key set is not a JSON/,
    ],
    [
      'with a key set under a false key ID',
      async () => ({ MCP_ENHANCED_JWT_KEYS: await falseKeyId() }),
      /does not belong to its k/,
    ],
    [
      'with three things wrong, all named',
      async () => ({ MCP_ENHANCED_JWT_SECRET: '', PORT: marked('port'), QUILT_CATALOG_URL: marked('url') }),
      /MCP_ENHANCED_JWT_SECRET: .* \| PORT: .* \| QUILT_CATALOG_URL: /,
    ],
  ];

  async function falseKeyId(): Promise<string> {
    const set = await createKeySet([generateSecret()]);
    return serializeKeySet({ keys: set.keys.map((key) => ({ ...key, kid: trust.keyId })) });
  }

  test.each(cases)('%s: one line, exit code 1, no value', async (_what, more, said) => {
    const changed = await more();
    const service = closeLater(new BundledService(name, environmentOf(name, changed)));
    expect(await service.exited).toBe(1);
    const lines = service.output.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({ level: 'fatal', event: 'start_failed', service: name });
    expect(line.message).toMatch(said);
    expect(service.output).not.toContain('marked-');
    for (const value of [trust.secret, ...Object.values(changed)]) {
      if (value !== undefined && value.trim() !== '') expect(service.output).not.toContain(value);
    }
  });

  test('with a secret that was published', async () => {
    // The published values are known by their digests only, so one digest is swapped for that of a made-up value.
    const published = `marked-${generateSecret()}`;
    const folder = mkdtempSync(join(tmpdir(), 'quilt-test-'));
    const bundle = join(folder, 'server.mjs');
    const [digest] = /\b[0-9a-f]{64}\b/.exec(readFileSync(join(ROOT, 'auth/published-secrets.ts'), 'utf8')) ?? [];
    const swapped = createHash('sha256').update(published).digest('hex');
    writeFileSync(bundle, readFileSync(bundleOf(name), 'utf8').replace(digest ?? 'none', swapped));
    const service = closeLater(
      new BundledService(name, environmentOf(name, { MCP_ENHANCED_JWT_SECRET: published }), bundle),
    );
    expect(await service.exited).toBe(1);
    expect(JSON.parse(service.output).message).toMatch(/^MCP_ENHANCED_JWT_SECRET: .*published/);
    expect(service.output).not.toContain('marked-');
    rmSync(folder, { recursive: true });
  });

  test('on a port that is taken', async () => {
    const registry = closeLater(await startRegistry());
    const service = closeLater(new BundledService(name, environmentOf(name, { PORT: new URL(registry.url).port })));
    expect(await service.exited).toBe(1);
    expect(service.output.trimEnd().split('\n')).toHaveLength(1);
    expect(service.output).toContain('EADDRINUSE');
  });
});

test('a catalog without roles does not start', async () => {
  const service = closeLater(new BundledService('catalog', environmentOf('catalog', { QUILT_ROLES: '{"roles":{}}' })));
  expect(await service.exited).toBe(1);
  expect(JSON.parse(service.output).message).toMatch(/^QUILT_ROLES: /);
});

describe.each(both)('%s runs', (name) => {
  test('with white space around its secret, as if there were none (B15)', async () => {
    const padded = { MCP_ENHANCED_JWT_SECRET: `\t ${trust.secret}\n` };
    const service = closeLater(new BundledService(name, environmentOf(name, padded)));
    const answer = await fetch(`${await service.listening()}/healthz`);
    expect([answer.status, answer.headers.get('x-quilt-key-ids')]).toEqual([200, trust.keyId]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('until %s, and exits 0', async (signal) => {
    const service = closeLater(new BundledService(name, environmentOf(name)));
    await fetch(`${await service.listening()}/healthz`);
    service.signal(signal);
    expect(await service.exited).toBe(0);
    const events = service.output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    const figures = name === 'mcp' ? ['metrics'] : [];
    expect(events).toEqual(['listening', 'stopping', ...figures, 'stopped']);
  });
});

test('a request in flight at SIGTERM is answered, and then the exit code is 0', async () => {
  const registry = closeLater(await startRegistry());
  const held = closeLater(await holdRegistry(registry.url));
  const service = closeLater(new BundledService('catalog', catalogEnvironment(trust, held.url)));
  const url = await service.listening();
  const login = await loginAs(registry.url, 'alice');
  const answer = fetch(`${url}/api/auth/mcp_token`, { method: 'POST', headers: bearer(login) });
  await held.arrived;
  service.signal('SIGTERM');
  await expect(untilRefused(url)).resolves.toBeUndefined();
  held.release();
  expect((await answer).status).toBe(200);
  expect((await answer).headers.get('connection')).toBe('close');
  expect(await service.exited).toBe(0);
});

/** Resolves when no connection is accepted any more. */
async function untilRefused(url: string): Promise<void> {
  for (;;) {
    try {
      await (await fetch(`${url}/healthz`, { headers: { connection: 'close' } })).arrayBuffer();
    } catch {
      return;
    }
  }
}

test('during a rotation the MCP service accepts tokens of both keys, and names both', async () => {
  const next = await makeTrust();
  const set = await createKeySet([trust.secret, next.secret]);
  const service = closeLater(
    new BundledService('mcp', mcpEnvironment(trust, { MCP_ENHANCED_JWT_KEYS: serializeKeySet(set) })),
  );
  const url = `${await service.listening()}/mcp`;
  for (const { mint } of [trust, next]) {
    const headers = { ...(await openSession(url)), ...bearer((await mint()).token) };
    const answer = await post(url, TOOLS_LIST, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-quilt-key-ids')).toBe(`${trust.keyId},${next.keyId}`);
  }
});
