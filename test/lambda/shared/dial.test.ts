import { createServer, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { createDial, DialError } from '../../../lambda/shared/dial.ts';
import { makeCertificate } from '../support/certificate.ts';
import { bodyOf, closeServers, listen, serve, unusedOrigin } from '../support/servers.ts';

/** Far longer than any test; what is to run out of time says so. */
const timeoutMs = 30_000;

afterEach(closeServers);

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('over https', () => {
  const URL_HOST = 'quilt.example.org';

  async function serveTls(options: ServerOptions): Promise<number> {
    const server = createServer(options, (request, response) => {
      const { servername } = request.socket as TLSSocket;
      response.end(JSON.stringify({ sni: servername, host: request.headers.host }));
    });
    return listen(server);
  }

  test('dials another name, while SNI, Host and certificate are those of the URL', async () => {
    const certificate = makeCertificate(URL_HOST);
    const port = await serveTls(certificate);
    const dial = createDial({ connectHost: 'localhost', timeoutMs, ca: certificate.cert });
    const response = await dial(`https://${URL_HOST}:${port}/`);
    expect(await response.json()).toEqual({ sni: URL_HOST, host: `${URL_HOST}:${port}` });
  });

  test('refuses a certificate for the name that is dialled', async () => {
    const certificate = makeCertificate('localhost');
    const port = await serveTls(certificate);
    const dial = createDial({ connectHost: 'localhost', timeoutMs, ca: certificate.cert });
    const error = await errorOf(dial(`https://${URL_HOST}:${port}/`));
    expect(error).toMatchObject({ name: 'DialError', kind: 'certificate', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  test('refuses an untrusted certificate', async () => {
    const port = await serveTls(makeCertificate(URL_HOST));
    const error = await errorOf(createDial({ connectHost: 'localhost', timeoutMs })(`https://${URL_HOST}:${port}/`));
    expect(error).toMatchObject({ kind: 'certificate', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });
});

test('sends method, headers and body, and gives status, headers and body', async () => {
  const origin = await serve(async (request, response) => {
    const seen = {
      method: request.method,
      url: request.url,
      header: request.headers['x-test'],
      body: await bodyOf(request),
    };
    response
      .writeHead(418, { 'set-cookie': ['a=1', 'b=2'], 'content-type': 'application/json' })
      .end(JSON.stringify(seen));
  });
  const headers = new Headers({ 'x-test': 'yes' });
  const response = await createDial({ timeoutMs })(new URL('/path?query', origin), {
    method: 'POST',
    headers,
    body: 'ä',
  });
  expect(response.status).toBe(418);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.json()).toEqual({ method: 'POST', url: '/path?query', header: 'yes', body: 'ä' });
});

test('opens a connection for each request', async () => {
  const ports = new Set<number | undefined>();
  const origin = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end();
  });
  const dial = createDial({ timeoutMs });
  for (let i = 0; i < 3; i += 1) await (await dial(origin)).text();
  expect(ports.size).toBe(3);
});

test('gives the head of a response before its body ends', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
  });
  const response = await createDial({ timeoutMs })(origin);
  const reader = response.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: first\n\n');
  await reader?.cancel();
});

test.each([204, 304])('gives a response without a body for %d', async (status) => {
  const origin = await serve((_, response) => response.writeHead(status).end());
  const response = await createDial({ timeoutMs })(origin);
  expect([response.status, response.body]).toEqual([status, null]);
});

test('gives redirects back', async () => {
  const origin = await serve((_, response) =>
    response.writeHead(301, { location: 'http://elsewhere.example.org/' }).end(),
  );
  const response = await createDial({ timeoutMs })(origin);
  expect([response.status, response.headers.get('location')]).toEqual([301, 'http://elsewhere.example.org/']);
});

describe('fails by name', () => {
  test('connection refused', async () => {
    const error = await errorOf(createDial({ timeoutMs })(await unusedOrigin()));
    expect(error).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED' });
  });

  test('the connection is cut', async () => {
    const origin = await serve((request) => request.socket.destroy());
    expect(await errorOf(createDial({ timeoutMs })(origin))).toMatchObject({ kind: 'unreachable', code: 'ECONNRESET' });
  });

  test('a status that HTTP does not know', async () => {
    const origin = await serve((_, response) => response.writeHead(999).end());
    expect(await errorOf(createDial({ timeoutMs })(origin))).toMatchObject({ kind: 'unreachable' });
  });

  test('no answer in time', async () => {
    const origin = await serve(() => {});
    expect(await errorOf(createDial({ timeoutMs: 20 })(origin))).toMatchObject({ kind: 'time-out', code: 'REQUEST' });
  });

  test('a body that does not end in time', async () => {
    const origin = await serve((_, response) => response.writeHead(200).write('begin'));
    const text = createDial({ timeoutMs: 20 })(origin).then((response) => response.text());
    expect(await errorOf(text)).toMatchObject({ kind: 'time-out' });
  });

  test('the time for all requests is over, before and during one', async () => {
    const over = new AbortController();
    const origin = await serve(() => over.abort());
    const dial = createDial({ timeoutMs, deadline: over.signal });
    expect(await errorOf(dial(origin))).toMatchObject({ kind: 'time-out', code: 'DEADLINE' });
    expect(await errorOf(dial(origin))).toMatchObject({ kind: 'time-out', code: 'DEADLINE' });
  });

  test('the caller aborts, before and during one', async () => {
    const caller = new AbortController();
    const origin = await serve(() => caller.abort());
    const dial = createDial({ timeoutMs });
    expect(await errorOf(dial(origin, { signal: caller.signal }))).toMatchObject({ kind: 'aborted' });
    expect(await errorOf(dial(origin, { signal: caller.signal }))).toBeInstanceOf(DialError);
  });
});
