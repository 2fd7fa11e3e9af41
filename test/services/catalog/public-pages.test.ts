import { type ServiceUnderTest, startCatalog } from '../support/running-services.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

let trust: Trust;
let service: ServiceUnderTest;
beforeAll(async () => {
  trust = await makeTrust();
  service = await startCatalog(trust, 'https://registry.example.org', { QUILT_VERSION: '1.2.3 <b>&' });
});
afterAll(() => service.stop());

test('the first page shows version and endpoint, escaped (F43)', async () => {
  const answer = await fetch(`${service.url}/`);
  const html = await answer.text();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(html).toContain('<html lang="en">');
  expect(html).toContain('<title>Quilt catalog</title>');
  expect(html).toContain('Version 1.2.3 &#60;b&#62;&#38;</footer>');
  expect(html).toContain('https://quilt.example.org/mcp');
  expect(html).toContain('href="/config.json"');
});

test('the first page allows only its own style sheet', async () => {
  const answer = await fetch(`${service.url}/`);
  const policy = answer.headers.get('content-security-policy') ?? '';
  const style = /<style>(.*?)<\/style>/s.exec(await answer.text())?.[1] ?? '';
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(style))).toString('base64');
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${digest}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});

test('config.json holds endpoint, registry, version and flags, and nothing more (F36)', async () => {
  const answer = await fetch(`${service.url}/config.json`);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual({
    mcpEndpoint: 'https://quilt.example.org/mcp',
    registryUrl: 'https://registry.example.org',
    version: '1.2.3 <b>&',
    features: { mcp: true },
  });
});

test.each(['/', '/config.json', '/healthz', '/nothing', '/api/auth/mcp_token'])(
  'the secret is nowhere in %s, and its headers name the signing key (F02)',
  async (path) => {
    const answer = await fetch(`${service.url}${path}`);
    const text = `${JSON.stringify([...answer.headers])}${await answer.text()}`;
    expect(text).not.toContain(trust.secret);
    expect(text).not.toContain(Buffer.from(trust.secret).toString('base64url'));
    expect(answer.headers.get('x-quilt-task')).toMatch(/^[0-9a-f]{16}$/);
    expect(answer.headers.get('x-quilt-key-ids')).toBe(trust.keyId);
  },
);

test.each(['/', '/config.json'])('%s is only read: POST gets 405, HEAD no body', async (path) => {
  const posted = await fetch(`${service.url}${path}`, { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  const head = await fetch(`${service.url}${path}`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});
