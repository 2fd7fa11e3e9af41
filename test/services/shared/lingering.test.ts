import { createConnection, type Socket } from 'node:net';
import { type RunningServer, startHttpServer } from '../../../services/shared/http-server.ts';
import { createLogger } from '../../../services/shared/logger.ts';
import { LogCapture } from '../support/log-capture.ts';

const REQUEST = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
/** Nobody waits that long: what has to end it comes first. */
const LONG_MS = 600_000;

function start(): Promise<RunningServer> {
  const logger = createLogger({ service: 'test', version: 'test', level: 'silent', sink: new LogCapture() });
  return startHttpServer({ host: '127.0.0.1', port: 0, headers: {}, routes: new Map(), logger });
}

/** A kept-alive connection, as a load balancer has them. */
class Connection {
  #received = '';
  readonly #socket: Socket;
  /** All that was received, once the server has closed it. */
  readonly ended: Promise<string>;

  constructor({ url }: RunningServer) {
    const { hostname, port } = new URL(url);
    this.#socket = createConnection(Number(port), hostname);
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      this.#received += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#socket.once('close', () => resolve(this.#received));
      this.#socket.once('error', reject);
    });
  }

  send(): void {
    this.#socket.write(REQUEST);
  }

  async answered(): Promise<void> {
    await new Promise((resolve) => this.#socket.once('data', resolve));
  }
}

const closings = (text: string) => [...text.matchAll(/^connection: (.*)\r$/gim)].map(([, value]) => value);

test('a service that lingers answers on connections that it has, and on new ones, and ends each with its answer', async () => {
  const server = await start();
  const kept = new Connection(server);
  kept.send();
  await kept.answered();
  const stopped = server.stop(LONG_MS);
  const newcomer = new Connection(server);
  newcomer.send();
  expect(closings(await newcomer.ended)).toEqual(['close']);
  kept.send();
  expect(closings(await kept.ended)).toEqual(['keep-alive', 'close']);
  // Nobody is connected any more: there is nothing to wait for.
  await stopped;
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});

test('it does not linger without connections', async () => {
  await (await start()).stop(LONG_MS);
});

test('it waits for an idle connection for the linger time, and no longer', async () => {
  const server = await start();
  const silent = new Connection(server);
  silent.send();
  await silent.answered();
  await server.stop(20);
  expect(closings(await silent.ended)).toEqual(['keep-alive']);
});
