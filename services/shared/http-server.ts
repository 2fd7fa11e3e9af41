import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import { HttpError, requireMethod, sendJson } from './http-messages.ts';
import { type Logger, safeError } from './logger.ts';
import { StartError } from './settings.ts';

/** One request with its response. `stopping` fires when the service has to end: endless streams close on it. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly stopping: AbortSignal;
};
export type RequestHandler = (exchange: Exchange) => Promise<void> | void;

type HttpServerOptions = {
  readonly host: string;
  readonly port: number;
  /** Sent with every response, whatever its status. */
  readonly headers: Readonly<Record<string, string>>;
  /** By exact path; `/healthz` is added. */
  readonly routes: ReadonlyMap<string, RequestHandler>;
  readonly logger: Logger;
  /** How long requests in flight may take to finish once the service stops. @default 20000, inside the 30 s of ECS */
  readonly stopGraceMs?: number;
  /** How slow a client may be, for tests. */
  readonly timeouts?: Partial<typeof TIMEOUTS>;
};

export type RunningServer = {
  readonly url: string;
  /**
   * Stops accepting, lets requests in flight finish within the grace, then closes what is left.
   *
   * @param lingerMs for how long everybody is served as before, but told to come back elsewhere, while anybody is connected: a
   *   load balancer may hear late that this task ends. @default 0
   */
  stop(lingerMs?: number): Promise<void>;
};

/** A client that sends slowly holds a connection for this long at most. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 };

const SERVER_OPTIONS = {
  // Longer than the 60 s of the load balancer, which would else send a request into a connection that is just being closed.
  keepAliveTimeout: 75_000,
  // Checked below: Node's own refusal lacks our headers.
  requireHostHeader: false,
};
/** Longer than a kept connection may rest. */
const SOCKET_IDLE_MS = 100_000;
const STOP_GRACE_MS = 20_000;
/** How long nobody is connected before a service that ends stops listening. */
const QUIET_MS = 100;
/** How long after the end of a service a connection that was never used is left to its client. */
const UNUSED_MS = 100;

/**
 * Serves routes over HTTP/1.1, the way a task behind a load balancer should.
 *
 * @throws StartError when host and port cannot be listened on
 */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const routes = new Map([['/healthz', healthz], ...options.routes]);
  const stopping = new AbortController();
  const inFlight = new Set<ServerResponse>();
  let closing = false;

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (stopping.signal.aborted) response.setHeader('connection', 'close');
    inFlight.add(response);
    // What is written to somebody who has gone is lost, and no more than that.
    response.on('error', () => {});
    response.once('close', () => {
      inFlight.delete(response);
      // Its head may have promised keep-alive before the stop began.
      if (closing) server.closeIdleConnections();
    });
    void dispatch(routes, { request, response, stopping: stopping.signal }, options.logger);
  };

  const server = createServer(
    { ...SERVER_OPTIONS, ...TIMEOUTS, ...options.timeouts, ServerResponse: responseWith(options.headers) },
    serve,
  );
  // Nothing came and nothing left for so long: somebody who does not read, or is no longer there.
  server.timeout = SOCKET_IDLE_MS;
  const connections = new Connections(server);
  // Without a listener Node would answer an unknown `Expect` itself, without our headers.
  server.on('checkExpectation', serve);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const midResponse = [...inFlight].some((response) => response.socket === socket && response.headersSent);
    answerMalformedRequest(error, socket, midResponse, options.headers);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error)));
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;

  const drain = async (lingerMs: number): Promise<void> => {
    stopping.abort();
    for (const response of inFlight) if (!response.headersSent) response.setHeader('connection', 'close');
    // Each answer ends its connection now, so that no request is cut off that is just being written into one.
    if (lingerMs > 0) await connections.untilNone(lingerMs);
    closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // Node takes a connection that was never used for a busy one, and would wait for it; a request may be just arriving over it.
    const cut = setTimeout(() => connections.endUnused(), UNUSED_MS);
    const deadline = setTimeout(() => server.closeAllConnections(), options.stopGraceMs ?? STOP_GRACE_MS);
    await closed;
    clearTimeout(cut);
    clearTimeout(deadline);
  };
  let drained: Promise<void> | undefined;
  return {
    url: `http://${isIPv6(options.host) ? `[${options.host}]` : options.host}:${port}`,
    stop(lingerMs = 0) {
      drained ??= drain(lingerMs);
      return drained;
    },
  };
}

/**
 * A response that has the given headers whoever writes it. In one go with the others: Node takes headers that were set before
 * through a longer way.
 */
function responseWith(fixed: Readonly<Record<string, string>>): typeof ServerResponse<IncomingMessage> {
  return class extends ServerResponse<IncomingMessage> {
    override writeHead(status: number, ...rest: unknown[]): this {
      const given = rest.at(-1);
      const headers = typeof given === 'object' ? (given as OutgoingHttpHeaders) : undefined;
      return super.writeHead(status, { ...fixed, ...headers });
    }
  };
}

async function dispatch(
  routes: ReadonlyMap<string, RequestHandler>,
  exchange: Exchange,
  logger: Logger,
): Promise<void> {
  const { request, response } = exchange;
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  try {
    // RFC 9112 section 3.2.
    if (request.httpVersion === '1.1' && request.headers.host === undefined) {
      throw new HttpError(400, 'host_missing', 'The Host header is missing.');
    }
    const handler = routes.get(path);
    if (handler === undefined) throw new HttpError(404, 'not_found', 'There is nothing at this path.');
    await handler(exchange);
  } catch (error) {
    if (!(error instanceof HttpError)) {
      logger.error({ event: 'request_failed', path, error: safeError(error) }, 'a request failed');
    }
    if (response.headersSent) {
      response.destroy();
    } else {
      const refusal = error instanceof HttpError ? error : new HttpError(500, 'internal_error', 'The request failed.');
      sendJson(response, refusal.status, { error: refusal.code, message: refusal.message }, refusal.headers);
    }
  }
}

function cannotListen({ code }: NodeJS.ErrnoException): StartError {
  return new StartError([`HOST, PORT: cannot listen there (${code}); choose a free port, or 0 for any`]);
}

function healthz({ request, response }: Exchange): void {
  requireMethod(request, ['GET', 'HEAD']);
  sendJson(response, 200, { status: 'ok' }, { 'cache-control': 'no-store' });
}

/** The connections that a server has at the moment. */
class Connections {
  readonly #open = new Set<Socket>();
  #onChange: () => void = () => {};

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      this.#onChange();
      socket.once('close', () => {
        this.#open.delete(socket);
        this.#onChange();
      });
    });
  }

  /** Ends those over which nothing has come yet. */
  endUnused(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }

  /**
   * Resolves once there was none for a moment, or when the time is over. The moment is for a connection that the kernel has
   * accepted already and Node has not: it would be reset when the server stops listening.
   */
  untilNone(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      let moment: NodeJS.Timeout | undefined;
      const end = () => {
        clearTimeout(timer);
        clearTimeout(moment);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#onChange = () => {
        clearTimeout(moment);
        if (this.#open.size === 0) moment = setTimeout(end, QUIET_MS);
      };
      this.#onChange();
    });
  }
}

const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers what is no HTTP request, or came too slowly. Node hands over the bare socket, so the answer is written by hand;
 * it carries the service's headers like every other one.
 *
 * @param midResponse a response is already being written: a second one would corrupt it, so the connection is cut
 */
function answerMalformedRequest(
  error: NodeJS.ErrnoException,
  socket: Socket,
  midResponse: boolean,
  headers: Readonly<Record<string, string>>,
): void {
  if (midResponse || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_ERROR[error.code ?? ''] ?? 400;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
    'content-length: 0',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.destroySoon();
}
