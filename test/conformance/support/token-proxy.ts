import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

export type TokenProxy = {
  readonly url: string;
  /** @param servers base URLs; each request goes to the next one, as a load balancer does it */
  passOnTo(servers: readonly string[]): void;
  /** How many requests each of the servers got. */
  passedOn(): readonly number[];
  close(): Promise<void>;
};

/**
 * Adds a token to every request, since the suite cannot send one. All else passes as it came and when it came, in both
 * directions: the suite checks headers and streams.
 */
export async function startTokenProxy(token: string): Promise<TokenProxy> {
  const agent = new Agent({ keepAlive: true });
  let servers: { readonly url: URL; requests: number }[] = [];
  let turn = 0;

  const forward = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const server = servers[turn % servers.length];
    if (server === undefined) throw new Error('there is no server to pass a request on to');
    turn += 1;
    server.requests += 1;
    const { hostname, port } = server.url;
    const { method, url: path, rawHeaders } = incoming;
    const headers = [...rawHeaders, 'Authorization', `Bearer ${token}`];
    const onward = request({ agent, hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      pipeline(answer, outgoing, () => {});
    });
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    incoming.pipe(onward);
  };

  const proxy = createServer(forward);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    passOnTo: (urls) => {
      servers = urls.map((url) => ({ url: new URL(url), requests: 0 }));
    },
    passedOn: () => servers.map(({ requests }) => requests),
    close: async () => {
      agent.destroy();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
