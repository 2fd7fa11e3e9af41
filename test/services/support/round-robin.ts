import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/**
 * A load balancer as a service meets one: it takes the targets in turn, keeps its connections to them, and never sends a
 * request twice. Where a target fails it, the client gets 502.
 */
export class RoundRobin {
  readonly #targets: URL[] = [];
  readonly #leaving = new Map<string, () => void>();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  #turn = 0;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing));
  }

  static async start(): Promise<RoundRobin> {
    const balancer = new RoundRobin();
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  register(url: string): void {
    this.#targets.push(new URL(url));
  }

  /**
   * Hears late that a target ends: only from an answer that closes its connection. No request is sent there from then on; what is
   * in progress continues.
   */
  deregisterWhenTold(url: string): Promise<void> {
    return new Promise((resolve) => this.#leaving.set(new URL(url).origin, resolve));
  }

  #deregister({ origin }: URL): void {
    this.#leaving.get(origin)?.();
    const index = this.#targets.findIndex((target) => target.origin === origin);
    if (this.#leaving.delete(origin)) this.#targets.splice(index, 1);
  }

  close(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const target = this.#targets[this.#turn++ % this.#targets.length];
    const { method, url = '/', headers } = incoming;
    const passed = request(new URL(url, target), { method, headers, agent: this.#agent }, (response) => {
      // Whether a connection stays is a matter of its two ends.
      const { connection, 'keep-alive': _, ...kept } = response.headers;
      if (connection === 'close' && target !== undefined) this.#deregister(target);
      outgoing.writeHead(response.statusCode ?? 502, kept);
      pipeline(response, outgoing, () => {});
    });
    passed.on('error', ({ message }) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }));
    });
    incoming.pipe(passed);
  }
}
