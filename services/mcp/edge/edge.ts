import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from '../../shared/http-messages.ts';
import type { Exchange } from '../../shared/http-server.ts';
import type { Logger } from '../../shared/logger.ts';
import type { EdgeReason } from '../reasons.ts';

/** What a request passes before anything of it is read. */
export type Edge = {
  /**
   * Judges where a request comes from. Whatever is answered to an allowed origin afterwards may be read by its page.
   *
   * @returns `answered` when it was a preflight, which ends here
   * @throws HttpError 403 with an {@link EdgeReason}
   */
  admit(exchange: Exchange): 'go on' | 'answered';
};

/**
 * Keeps pages of foreign sites out, which a browser would let send requests in the name of whoever looks at them. What is no
 * browser sends no Origin and passes: its token decides.
 *
 * @param options `publicUrl` as clients know the service, whose own origin is always allowed; `allowedOrigins` beside it, each
 *   as a browser writes it
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 */
export function createEdge(options: {
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
  readonly logger: Logger;
}): Edge {
  const { publicUrl, allowedOrigins, logger } = options;
  const isOwnHost = createHostCheck(publicUrl);
  const origins: ReadonlySet<string> = new Set([new URL(publicUrl).origin, ...allowedOrigins]);

  /** The value stays out of the log: anything can be in it, a token too. */
  function refusal(reason: EdgeReason, message: string): HttpError {
    logger.warn({ event: 'request_refused', reason }, message);
    return new HttpError(403, reason, message);
  }

  return {
    admit({ request, response }) {
      const { host, origin } = request.headers;
      if (!isOwnHost(host)) throw refusal('host_not_allowed', 'The Host header names another service.');
      if (origin === undefined) return 'go on';
      if (!origins.has(origin)) throw refusal('origin_not_allowed', 'Pages of this origin may not use this service.');
      shareWith(origin, response);
      if (!isPreflight(request)) return 'go on';
      answerPreflight(response);
      return 'answered';
    },
  };
}

/** GET needs no leave by the Fetch standard; here it is refused by the protocol. */
const METHODS = 'POST, DELETE';

/** What a client of either era sends beyond what every page may send. */
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'accept',
  'mcp-protocol-version',
  'mcp-session-id',
  'mcp-method',
  'mcp-name',
  'last-event-id',
].join(', ');

/** What a client has to read: its session, why it was refused, which keys are accepted, and which task to name in a report. */
const RESPONSE_HEADERS = 'mcp-session-id, www-authenticate, x-quilt-task, x-quilt-key-ids, date';

/** As long as any browser remembers a preflight: Chromium no longer than two hours. A request itself is judged each time. */
const MAX_AGE_SECONDS = '7200';

/**
 * Lets a page of an allowed origin read the answer, whatever its status. No credentials mode: there are no cookies here, and a
 * token is put into its header by the page itself.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
function shareWith(origin: string, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', RESPONSE_HEADERS);
  response.setHeader('vary', 'origin');
}

/** The question that a browser asks before it sends a request of another origin. */
function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Answers a preflight of an allowed origin. */
function answerPreflight(response: ServerResponse): void {
  response
    .writeHead(204, {
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': MAX_AGE_SECONDS,
    })
    .end();
}

/**
 * Names that only this machine itself can mean. A page of another site cannot put them into a Host header: its own name is
 * there, whatever address that name was made to resolve to.
 */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const PORT = /:\d+$/;

/**
 * Tells whether a Host header names this service, so that a foreign name that was made to resolve to it (DNS rebinding) is
 * refused. The port says nothing: a load balancer leaves it out or adds its own.
 *
 * @param publicUrl what clients know the service by
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 */
function createHostCheck(publicUrl: string): (host: string | undefined) => boolean {
  const own: ReadonlySet<string> = new Set([new URL(publicUrl).hostname, ...LOOPBACK]);
  return (host) => host !== undefined && own.has(host.replace(PORT, '').toLowerCase());
}
