import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type HeldRegistry = {
  readonly url: string;
  /** Resolves when the first request is here. */
  readonly arrived: Promise<void>;
  /** Lets requests go on to the real registry. */
  release(): void;
  close(): Promise<void>;
};

/** Stands in front of a real registry and holds its callers until released. */
export async function holdRegistry(realUrl: string): Promise<HeldRegistry> {
  let arrive: () => void = () => {};
  let release: () => void = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    arrive();
    await released;
    const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' };
    const answer = await fetch(`${realUrl}${request.url}`, { method: 'POST', headers, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  const url = await listen(server);
  return { url, arrived, release, close: () => close(server) };
}

/** A registry that is broken in one way: it gives this answer to everything. */
export async function brokenRegistry(
  status: number,
  body: string,
  headers = {},
): Promise<Omit<HeldRegistry, 'arrived' | 'release'>> {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
  const url = await listen(server);
  return { url, close: () => close(server) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: ReturnType<typeof createServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
