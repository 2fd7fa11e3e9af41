import { connect, type Socket } from 'node:net';

export type Answer = { readonly status: number; readonly head: string; readonly body: string };

/** What is sent, again and again. */
export type Call = {
  readonly port: number;
  /** A whole request, with a JSON-RPC ID of nine digits. */
  readonly request: (id: number) => string;
  /** Whether this is what the request of that ID has to be answered with. */
  readonly isAnswer: (answer: Answer, id: number) => boolean;
};

export type LoadReport = {
  readonly requests: number;
  readonly failures: number;
  /** What the first failure looked like. */
  readonly firstFailure: string | undefined;
};

/** IDs go up from here, one by one. */
export const FIRST_ID = 100_000_000;
const CONNECTIONS = 32;

/**
 * Repeats a request on kept-alive connections, each with one request under way, and looks at every answer. Bare
 * sockets, since the load must cost less than what it measures.
 *
 * @param more decides before each request, from the number of those begun so far, whether to send it
 */
export async function load(call: Call, more: (begun: number) => boolean): Promise<LoadReport> {
  let begun = 0;
  let failures = 0;
  let firstFailure: string | undefined;
  const fail = (what: string): void => {
    failures += 1;
    firstFailure ??= what.slice(0, 500);
  };

  const converse = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      let id = 0;
      let received = '';
      let finished = false;
      const next = (): void => {
        if (!more(begun)) {
          finished = true;
          socket.end(resolve);
          return;
        }
        id = FIRST_ID + begun;
        begun += 1;
        socket.write(call.request(id), 'latin1');
      };
      socket.setEncoding('latin1').setNoDelay(true);
      socket.on('data', (chunk: string) => {
        received = received === '' ? chunk : received + chunk;
        const answer = readAnswer(received);
        if (answer === undefined) return;
        if (answer.status !== 200 || !call.isAnswer(answer, id)) fail(received);
        received = '';
        next();
      });
      socket.on('error', (error) => {
        fail(error.message);
        resolve();
      });
      socket.once('end', () => {
        if (!finished) fail(`the server closed the connection after: ${received}`);
        resolve();
      });
      next();
    });

  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(call.port)));
  await Promise.all(sockets.map(converse));
  return { requests: begun, failures, firstFailure };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Reads a whole response of HTTP/1.1; `undefined` as long as some of it is missing. */
function readAnswer(text: string): Answer | undefined {
  const headLength = text.indexOf('\r\n\r\n');
  if (headLength === -1) return undefined;
  const head = text.slice(0, headLength);
  const status = Number(head.slice('http/1.1 '.length, 'http/1.1 200'.length));
  const rest = text.slice(headLength + '\r\n\r\n'.length);
  const length = /\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return rest.length < Number(length) ? undefined : { status, head, body: rest };
  if (!/\ntransfer-encoding: *chunked/i.test(head)) return { status: 0, head, body: '' };
  return rest.endsWith('\r\n0\r\n\r\n') ? { status, head, body: joinChunks(rest) } : undefined;
}

function joinChunks(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (!(size > 0)) return body;
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
