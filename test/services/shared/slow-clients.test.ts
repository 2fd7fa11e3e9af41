import { sendJson } from '../../../services/shared/http-messages.ts';
import { type RequestHandler, startHttpServer } from '../../../services/shared/http-server.ts';
import { createLogger } from '../../../services/shared/logger.ts';
import { readBody } from '../../../services/shared/read-body.ts';
import { closeAfterEach } from '../support/close-after-each.ts';
import { LogCapture } from '../support/log-capture.ts';
import { sendRaw } from '../support/raw-http.ts';

const HEADERS = { 'X-Quilt-Task': '0123456789abcdef' };
/** The service's own are seconds: a test does not wait for them. */
const TIMEOUTS = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 10 };

const closeLater = closeAfterEach();
let log: LogCapture;

async function start(): Promise<URL> {
  log = new LogCapture();
  const logger = createLogger({ service: 'test', version: 'test', level: 'debug', sink: log });
  const echo: RequestHandler = async ({ request, response }) => {
    sendJson(response, 200, { length: (await readBody(request, 1024)).length });
  };
  const routes = new Map([['/echo', echo]]);
  const options = { host: '127.0.0.1', port: 0, headers: HEADERS, routes, logger, timeouts: TIMEOUTS };
  return new URL(closeLater(await startHttpServer(options)).url);
}

test.each([
  ['headers that do not end', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: '],
  ['a request line that does not end', 'GET /hea'],
  ['a body that does not end', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345'],
  [
    'a body in chunks that do not end',
    'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n',
  ],
])('%s: 408 with the headers of the task, and the connection ends', async (_what, text) => {
  const answer = await sendRaw(await start(), text);
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(answer).toContain('X-Quilt-Task: 0123456789abcdef\r\nconnection: close\r\n');
  expect(log.ofEvent('request_failed')).toEqual([]);
});

test('an idle connection is closed', async () => {
  await expect(sendRaw(await start(), '')).resolves.toEqual(expect.any(String));
});

test('a second request that does not end ends the connection too, after the answer to the first', async () => {
  const answer = await sendRaw(await start(), 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHo');
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\{"status":"ok"\}HTTP\/1\.1 408 Request Timeout\r\n/);
});
