import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createEdge } from '../../../../services/mcp/edge/edge.ts';
import { HttpError, sendJson } from '../../../../services/shared/http-messages.ts';
import { startHttpServer } from '../../../../services/shared/http-server.ts';
import { createLogger } from '../../../../services/shared/logger.ts';
import { closeAfterEach } from '../../support/close-after-each.ts';
import { LogCapture } from '../../support/log-capture.ts';

const PUBLIC_URL = 'https://quilt.example.org';
const ALLOWED = 'https://assistant.example.org:8443';

const closeLater = closeAfterEach();
let log: LogCapture;

beforeEach(() => {
  log = new LogCapture();
});

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly reason: unknown };

/** Serves 200, or the status that a request asks for, behind the edge; gives what asks it, with any header at all. */
async function startBehindEdge(publicUrl = PUBLIC_URL) {
  const logger = createLogger({ service: 'test', version: 'test', level: 'debug', sink: log });
  const edge = createEdge({ publicUrl, allowedOrigins: [ALLOWED], logger });
  const server = closeLater(
    await startHttpServer({
      host: '127.0.0.1',
      port: 0,
      headers: {},
      logger,
      routes: new Map([
        [
          '/mcp',
          (exchange) => {
            if (edge.admit(exchange) === 'answered') return;
            const status = Number(exchange.request.headers['x-answer'] ?? 200);
            if (status !== 200) throw new HttpError(status, 'asked_for', 'As asked.', { 'x-own': 'kept' });
            sendJson(exchange.response, 200, {});
          },
        ],
      ]),
    }),
  );
  return (method: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest(`${server.url}/mcp`, { method, headers, agent: false }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        const reason = text === '' ? undefined : JSON.parse(text).error;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, reason });
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
}

describe('the host', () => {
  test.each([
    ['its own name', 'quilt.example.org'],
    ['its own name with a port, as behind a listener on another one', 'quilt.example.org:8443'],
    ['its own name in capitals', 'Quilt.Example.ORG'],
    ['loopback, which no foreign name can be', '127.0.0.1:8080'],
    ['localhost', 'localhost:8080'],
    ['loopback of IPv6', '[::1]:8080'],
  ])('%s: is admitted', async (_what, host) => {
    expect((await (await startBehindEdge())('POST', { host })).status).toBe(200);
  });

  test.each([
    ['a name that was made to resolve here', 'attacker.example'],
    ['a name that ends in its own', 'not-quilt.example.org'],
    ['a name that begins with its own', 'quilt.example.org.attacker.example'],
    ['its own name as a port', 'attacker.example:quilt.example.org'],
    ['an address of a task', '10.0.1.17:8080'],
    ['its own name as a user', 'quilt.example.org@attacker.example'],
  ])('%s: 403', async (_what, host) => {
    const answer = await (await startBehindEdge())('POST', { host });
    expect([answer.status, answer.reason]).toEqual([403, 'host_not_allowed']);
    expect(log.ofEvent('request_refused')).toMatchObject([{ level: 'warn', reason: 'host_not_allowed' }]);
  });

  test('an allowed origin does not help a foreign host, and learns nothing', async () => {
    const answer = await (await startBehindEdge())('POST', { host: 'attacker.example', origin: ALLOWED });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });
});

describe('the origin', () => {
  test('none, as from clients other than browsers: is admitted, without CORS headers', async () => {
    const { status, headers } = await (await startBehindEdge())('POST');
    expect(status).toBe(200);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control') || name === 'vary')).toEqual([]);
  });

  test.each([
    ['the service’s own', PUBLIC_URL],
    ['one that is configured', ALLOWED],
  ])('%s: is admitted, and may read the answer', async (_what, origin) => {
    const { status, headers } = await (await startBehindEdge())('POST', { origin });
    expect([status, headers['access-control-allow-origin'], headers.vary]).toEqual([200, origin, 'origin']);
    expect(headers['access-control-expose-headers']?.split(', ')).toEqual(
      expect.arrayContaining(['mcp-session-id', 'www-authenticate']),
    );
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('of a local run is that of its front proxy, port and all', async () => {
    const ask = await startBehindEdge('http://127.0.0.1:8443');
    expect((await ask('POST', { origin: 'http://127.0.0.1:8443' })).status).toBe(200);
    expect((await ask('POST', { origin: 'http://127.0.0.1:3000' })).status).toBe(403);
  });

  test.each([401, 403, 404, 405, 413])('an allowed one may read %i too (B21)', async (status) => {
    const answer = await (await startBehindEdge())('POST', { origin: ALLOWED, 'x-answer': String(status) });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ALLOWED,
      'access-control-expose-headers': expect.stringContaining('www-authenticate'),
      vary: 'origin',
      'x-own': 'kept',
    });
  });

  test.each([
    ['of another site', 'https://attacker.example'],
    ['of a sandboxed page or a file', 'null'],
    ['that is empty', ''],
    ['that was allowed over TLS only', 'http://assistant.example.org:8443'],
    ['with another port', 'https://assistant.example.org'],
    ['that ends in an allowed one', 'https://evil-assistant.example.org:8443'],
    ['with a path', `${ALLOWED}/`],
    ['of a page on the same machine', 'http://localhost:3000'],
    ['and another one', `${ALLOWED}, https://attacker.example`],
  ])('one %s: 403 before anything else, and its page cannot read even that', async (_what, origin) => {
    const ask = await startBehindEdge();
    for (const headers of [{ origin }, { origin, 'access-control-request-method': 'POST' }]) {
      const answer = await ask('access-control-request-method' in headers ? 'OPTIONS' : 'POST', headers);
      expect([answer.status, answer.reason]).toEqual([403, 'origin_not_allowed']);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('that is refused does not get into the log, since anything can stand there', async () => {
    await (await startBehindEdge())('POST', { origin: 'https://marked-value.example' });
    expect(log.ofEvent('request_refused')).toMatchObject([{ level: 'warn', reason: 'origin_not_allowed' }]);
    expect(log.text).not.toContain('marked-value');
  });
});

describe('a preflight', () => {
  const preflight = {
    origin: ALLOWED,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,mcp-protocol-version',
  };

  test('of an allowed origin is answered here, for all that clients of both eras send', async () => {
    const { status, headers } = await (await startBehindEdge())('OPTIONS', preflight);
    expect(status).toBe(204);
    expect(headers['access-control-allow-origin']).toBe(ALLOWED);
    expect(headers['access-control-allow-methods']?.split(', ')).toEqual(['POST', 'DELETE']);
    expect(headers['access-control-allow-headers']?.split(', ').sort()).toEqual([
      'accept',
      'authorization',
      'content-type',
      'last-event-id',
      'mcp-method',
      'mcp-name',
      'mcp-protocol-version',
      'mcp-session-id',
    ]);
    expect(Number(headers['access-control-max-age'])).toBeGreaterThan(0);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  test.each([
    ['without an origin', { 'access-control-request-method': 'POST' }],
    ['without a method that is asked about', { origin: ALLOWED }],
  ])('is not assumed %s', async (_what, headers) => {
    expect((await (await startBehindEdge())('OPTIONS', { ...headers, 'x-answer': '405' })).status).toBe(405);
  });
});
