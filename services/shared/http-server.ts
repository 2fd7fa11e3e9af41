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

/** One request with its response. `stopping` aborts when the service stops, so that endless streams close. */
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
  /** How long requests in flight may take to finish after a stop. @default 20000, within ECS's 30 s */
  readonly stopGraceMs?: number;
  /** Limits for slow clients; for tests. */
  readonly timeouts?: Partial<typeof TIMEOUTS>;
};

export type RunningServer = {
  readonly url: string;
  /**
   * Stops accepting connections, lets requests in flight finish within the grace period, then closes the rest.
   *
   * @param lingerMs how long to keep serving connected clients, with `Connection: close`: a load balancer may learn late that this
   *   task stops. @default 0
   */
  stop(lingerMs?: number): Promise<void>;
};

/** The maximum time that a slow client holds a connection. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 };

const SERVER_OPTIONS = {
  // Longer than the load balancer's 60 s, or it could send a request over a connection that is closing.
  keepAliveTimeout: 75_000,
  // Checked below: Node's own refusal lacks the service's headers.
  requireHostHeader: false,
};
/** Longer than the keep-alive timeout. */
const SOCKET_IDLE_MS = 100_000;
const STOP_GRACE_MS = 20_000;
/** How long there must be no connection before a stopping service stops listening. */
const QUIET_MS = 100;
/** How long a stopping service leaves a connection open that was never used. */
const UNUSED_MS = 100;

/**
 * Serves routes over HTTP/1.1 for a task behind a load balancer.
 *
 * @throws StartError when it cannot listen on host and port
 */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const routes = new Map([['/healthz', healthz], ...options.routes]);
  const stopping = new AbortController();
  const inFlight = new Set<ServerResponse>();
  let closing = false;

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (stopping.signal.aborted) response.setHeader('connection', 'close');
    inFlight.add(response);
    // A write to a disconnected client is lost, without further effect.
    response.on('error', () => {});
    response.once('close', () => {
      inFlight.delete(response);
      // Its headers may have promised keep-alive before the stop.
      if (closing) server.closeIdleConnections();
    });
    void dispatch(routes, { request, response, stopping: stopping.signal }, options.logger);
  };

  const server = createServer(
    { ...SERVER_OPTIONS, ...TIMEOUTS, ...options.timeouts, ServerResponse: responseWith(options.headers) },
    serve,
  );
  // No byte in either direction for that long: the client does not read, or is gone.
  server.timeout = SOCKET_IDLE_MS;
  const connections = new Connections(server);
  // Without a listener, Node would answer an unknown `Expect` itself, without the service's headers.
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
    // Each response now closes its connection, so that no request is cut off while a client writes it.
    if (lingerMs > 0) await connections.untilNone(lingerMs);
    closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // Node treats a connection that was never used as busy and would wait for it. A request may just be arriving on it.
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
 * A response class that adds the given headers in one call with the others: for headers set earlier, Node takes a slower path.
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
    if (handler === undefined) throw new HttpError(404, 'not_found', 'Nothing is served at this path.');
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

/** The current connections of a server. */
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

  /** Closes connections without any request so far. */
  endUnused(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }

  /**
   * Resolves once there has been no connection for a moment, or at the timeout. The moment covers a connection that the kernel has
   * accepted and Node has not: it would be reset when the server stops listening.
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
 * Answers a malformed or slow request. Node provides only the socket, so the response is written by hand, with the service's
 * headers.
 *
 * @param midResponse a response is being written: a second one would corrupt it, so the connection is closed
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
