import { createResourceMetadata } from '../../../../services/mcp/edge/resource-metadata.ts';
import { startHttpServer } from '../../../../services/shared/http-server.ts';
import { createLogger } from '../../../../services/shared/logger.ts';
import { closeAfterEach } from '../../support/close-after-each.ts';
import { LogCapture } from '../../support/log-capture.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const metadata = createResourceMetadata({
  publicUrl: 'https://quilt.example.org',
  paths: ['/mcp', '/mcp/'],
  scopes: ['read', 'write', 'admin'],
});
const closeLater = closeAfterEach();

async function start(): Promise<string> {
  const logger = createLogger({ service: 'test', version: 'test', level: 'silent', sink: new LogCapture() });
  const { routes } = metadata;
  return closeLater(await startHttpServer({ host: '127.0.0.1', port: 0, headers: {}, routes, logger })).url;
}

test.each([
  ['/mcp', 'https://quilt.example.org/mcp'],
  ['/mcp/', 'https://quilt.example.org/mcp/'],
  ['', 'https://quilt.example.org/mcp'],
])('the document at %j behind the well-known path names its resource (B27)', async (path, resource) => {
  const answer = await fetch(`${await start()}${WELL_KNOWN}${path}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  expect(await answer.json()).toEqual({
    resource,
    resource_name: 'Quilt MCP server',
    resource_documentation: 'https://quilt.example.org/',
    scopes_supported: ['read', 'write', 'admin'],
    bearer_methods_supported: ['header'],
  });
});

test('any page may read it, also with the header that the SDK’s client adds', async () => {
  const url = `${await start()}${WELL_KNOWN}/mcp`;
  const page = { origin: 'https://anybody.example' };
  expect((await fetch(url, { headers: page })).headers.get('access-control-allow-origin')).toBe('*');
  const asked = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'mcp-protocol-version' };
  const preflight = await fetch(url, { method: 'OPTIONS', headers: { ...page, ...asked } });
  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET',
    'access-control-allow-headers': 'mcp-protocol-version',
  });
});

test('it is only read', async () => {
  const url = `${await start()}${WELL_KNOWN}/mcp`;
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

test.each([
  ['/mcp', `https://quilt.example.org${WELL_KNOWN}/mcp`],
  ['/mcp/', `https://quilt.example.org${WELL_KNOWN}/mcp/`],
  ['/mcp?from=here', `https://quilt.example.org${WELL_KNOWN}/mcp`],
])('a challenge at %s names the document of the URL that was asked (RFC 9728 section 5.1)', (url, document) => {
  expect(metadata.parameterFor({ url })).toBe(`resource_metadata="${document}"`);
});

test('a public URL cannot end the quoted string', () => {
  const { parameterFor } = createResourceMetadata({
    publicUrl: 'https://quilt.example.org/a"b\\c',
    paths: ['/mcp'],
    scopes: [],
  });
  expect(parameterFor({ url: '/mcp' })).toMatch(/^resource_metadata="[^"\\]+"$/);
});
