import { once } from 'node:events';
import { createConnection } from 'node:net';
import { HttpError, sendJson } from '../../../services/shared/http-messages.ts';
import {
  type Exchange,
  type RequestHandler,
  type RunningServer,
  startHttpServer,
} from '../../../services/shared/http-server.ts';
import { createLogger } from '../../../services/shared/logger.ts';
import { StartError } from '../../../services/shared/settings.ts';
import { LogCapture } from '../support/log-capture.ts';
import { sendRaw } from '../support/raw-http.ts';

const HEADERS = { 'X-Quilt-Task': '0123456789abcdef', 'X-Quilt-Key-Ids': 'label.one,label.two' };
const log = new LogCapture();
const logger = createLogger({ service: 'test', version: 'test', level: 'debug', sink: log });
const running: RunningServer[] = [];

async function start(routes: Record<string, RequestHandler> = {}, stopGraceMs = 10_000): Promise<RunningServer> {
  const options = { host: '127.0.0.1', port: 0, headers: HEADERS, logger, stopGraceMs };
  const server = await startHttpServer({ ...options, routes: new Map(Object.entries(routes)) });
  running.push(server);
  return server;
}
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

/** A route that answers on command. */
function heldRoute() {
  const arrived = deferred<Exchange>();
  const handler: RequestHandler = (exchange) => arrived.resolve(exchange);
  return { handler, arrived: arrived.promise };
}
function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('every response carries the headers of the task', () => {
  const failing = {
    '/ok': ({ response }: Exchange) => sendJson(response, 200, {}),
    '/bug': () => {
      throw new Error('a bug');
    },
    '/late-bug': async () => {
      throw new TypeError('a late bug');
    },
    '/refused': () => {
      throw new HttpError(418, 'teapot', 'No coffee here.', { 'x-more': 'yes' });
    },
  };

  test.each([
    ['/healthz', 200],
    ['/ok', 200],
    ['/nothing', 404],
    ['/refused', 418],
    ['/bug', 500],
    ['/late-bug', 500],
  ])('%s: %i', async (path, status) => {
    const answer = await fetch(`${(await start(failing)).url}${path}`);
    expect(answer.status).toBe(status);
    for (const [name, value] of Object.entries(HEADERS)) expect(answer.headers.get(name)).toBe(value);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  test.each([
    ['what is no HTTP', 'HELLO\r\n\r\n', 400],
    ['headers beyond the limit', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['an unknown expectation', 'GET /nothing HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nConnection: close\r\n\r\n', 404],
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ])('%s', async (_name, text, status) => {
    const answer = await sendRaw((await start()).url, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    for (const [name, value] of Object.entries(HEADERS)) expect(answer).toContain(`${name}: ${value}\r\n`);
  });

  test('a bug is logged with its stack, and the caller learns nothing of it', async () => {
    const answer = await fetch(`${(await start(failing)).url}/bug`);
    expect(await answer.json()).toEqual({ error: 'internal_error', message: 'The request failed.' });
    expect(log.lines.at(-1)).toMatchObject({
      level: 'error',
      event: 'request_failed',
      path: '/bug',
      error: { name: 'Error', at: expect.arrayContaining([expect.stringContaining('http-server.test')]) },
    });
  });
});

test('/healthz answers GET and HEAD, and 405 to anything else', async () => {
  const { url } = await start();
  expect(await (await fetch(`${url}/healthz?from=lb`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${url}/healthz`, { method: 'HEAD' })).status).toBe(200);
  const posted = await fetch(`${url}/healthz`, { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('a port that is taken is one clear refusal', async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  const again = startHttpServer({ host: '127.0.0.1', port, headers: {}, routes: new Map(), logger });
  await expect(again).rejects.toThrow(StartError);
  await expect(again).rejects.toThrow(/^HOST, PORT: cannot listen there \(EADDRINUSE\); choose/);
});

describe('a graceful stop', () => {
  test('lets a request in flight finish, with Connection: close, and accepts no new connections', async () => {
    const { handler, arrived } = heldRoute();
    const server = await start({ '/held': handler });
    const answer = fetch(`${server.url}/held`);
    const { response, stopping } = await arrived;
    const stopped = server.stop();
    expect(stopping.aborted).toBe(true);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    sendJson(response, 200, { finished: true });
    const { status, headers } = await answer;
    expect([status, headers.get('connection')]).toEqual([200, 'close']);
    await stopped;
  });

  test('ends a kept-alive connection that waits, and one whose head had promised to stay', async () => {
    const { handler, arrived } = heldRoute();
    const server = await start({ '/held': handler });
    const waiting = sendRaw(server.url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    const streaming = sendRaw(server.url, 'GET /held HTTP/1.1\r\nHost: x\r\n\r\n');
    const { response } = await arrived;
    response.writeHead(200, { 'content-length': 6 });
    response.write('abc');
    const stopped = server.stop();
    response.end('def');
    await stopped;
    expect(await waiting).toContain('{"status":"ok"}');
    expect(await streaming).toMatch(/abcdef$/);
  });

  test('does not wait for a connection over which nothing ever came', async () => {
    const server = await start({}, 3_600_000);
    const { hostname, port } = new URL(server.url);
    const socket = createConnection(Number(port), hostname);
    await once(socket, 'connect');
    // Accepted by the server too: a request behind it in the queue is answered.
    await (await fetch(`${server.url}/healthz`)).arrayBuffer();
    await server.stop();
    await once(socket.resume(), 'close');
  });

  test('cuts what does not finish within its grace', async () => {
    const { handler, arrived } = heldRoute();
    const server = await start({ '/held': handler }, 50);
    const answer = sendRaw(server.url, 'GET /held HTTP/1.1\r\nHost: x\r\n\r\n');
    await arrived;
    await server.stop();
    expect(await answer).toBe('');
  });

  test('may be asked for twice', async () => {
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
  });
});
