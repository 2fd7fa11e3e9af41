import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** As AWS's load balancer: an idle connection is kept for a minute, so that hardly a client finds its own closed. */
const IDLE_MS = 60_000;

export interface FrontProxyOptions {
  /** Loopback port to listen on. */
  readonly port: number;
  /** Base URL of the emulator, whose load balancer this proxy stands in front of. */
  readonly endpoint: string;
  /** Name of the load balancer, asked for at the first request and again while there is none. */
  readonly loadBalancerName: () => Promise<string | undefined>;
}

export interface FrontProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands where TLS ends: one loopback URL in front of the emulator's load balancer.
 *
 * The emulator serves no TLS. It picks the listener by the port in the Host header, so this proxy names 443: the HTTPS
 * listener answers, which sets `X-Forwarded-Proto: https` and passes the host name on, as on AWS.
 */
export function startFrontProxy(options: FrontProxyOptions): Promise<FrontProxy> {
  const upstream = new URL(options.endpoint);
  let name: string | undefined;

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    name ??= await options.loadBalancerName();
    if (name === undefined) return answer(outgoing, 503, 'No load balancer is deployed yet.');
    const hostname = (incoming.headers.host ?? 'localhost').replace(/:\d+$/, '');
    const passed = request(
      {
        host: upstream.hostname,
        port: upstream.port,
        method: incoming.method,
        path: `/_alb/${name}${incoming.url}`,
        headers: { ...incoming.headers, host: `${hostname}:443` },
      },
      (response) => {
        // The load balancer that was asked may be gone: a stack was deleted or recreated.
        if (response.statusCode === 404 && !response.headers['x-quilt-task']) name = undefined;
        outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
        // An answer that breaks off has to break off for the client too.
        pipeline(response, outgoing, () => {});
      },
    );
    passed.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy();
      else answer(outgoing, 502, 'The emulator did not answer.');
    });
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  }

  const server = createServer({ keepAliveTimeout: IDLE_MS }, (incoming, outgoing) => {
    forward(incoming, outgoing).catch(() => answer(outgoing, 502, 'The emulator did not answer.'));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
