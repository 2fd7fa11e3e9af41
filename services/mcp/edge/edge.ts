import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from '../../shared/http-messages.ts';
import type { Exchange } from '../../shared/http-server.ts';
import type { Logger } from '../../shared/logger.ts';
import type { EdgeReason } from '../reasons.ts';

/** Checks that a request passes before any part of it is read. */
export type Edge = {
  /**
   * Checks the origin and host of a request. For an allowed origin, adds the CORS headers that let its page read the response.
   *
   * @returns `answered` for a preflight, which is complete here
   * @throws HttpError 403 with an {@link EdgeReason}
   */
  admit(exchange: Exchange): 'go on' | 'answered';
};

/**
 * Refuses requests from pages of foreign sites, which a browser would send on behalf of its user. Clients that are not browsers send
 * no Origin and pass: their token decides.
 *
 * @param options `publicUrl`, the public URL of the service, whose own origin is always allowed; `allowedOrigins`, further origins
 *   as a browser writes them
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

  /** Does not log the header value: it may be anything, even a token. */
  function refusal(reason: EdgeReason, message: string): HttpError {
    logger.warn({ event: 'request_refused', reason }, message);
    return new HttpError(403, reason, message);
  }

  return {
    admit({ request, response }) {
      const { host, origin } = request.headers;
      if (!isOwnHost(host)) throw refusal('host_not_allowed', 'The Host header names another service.');
      if (origin === undefined) return 'go on';
      if (!origins.has(origin)) throw refusal('origin_not_allowed', 'This origin is not allowed to use this service.');
      shareWith(origin, response);
      if (!isPreflight(request)) return 'go on';
      answerPreflight(response);
      return 'answered';
    },
  };
}

/** The Fetch standard always allows GET; the protocol refuses it here. */
const METHODS = 'POST, DELETE';

/** Headers that clients of either era send beyond those that every page may send. */
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

/** Headers that a client reads: its session, the refusal's challenge, the accepted keys, and the task to name in a report. */
const RESPONSE_HEADERS = 'mcp-session-id, www-authenticate, x-quilt-task, x-quilt-key-ids, date';

/** Two hours: the longest that Chromium caches a preflight. Each request itself is still checked. */
const MAX_AGE_SECONDS = '7200';

/**
 * Lets a page of an allowed origin read the response, whatever its status. No credentials mode: there are no cookies, and the page
 * itself sets the token's header.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
function shareWith(origin: string, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', RESPONSE_HEADERS);
  response.setHeader('vary', 'origin');
}

/** Whether a request is a CORS preflight. */
function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Answers the preflight of an allowed origin. */
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
 * Names that always mean this machine. A page of another site cannot put them into a Host header: its own name is there, whatever
 * address it resolves to.
 */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const PORT = /:\d+$/;

/**
 * Creates the check that a Host header names this service; it defends against DNS rebinding, where a foreign name resolves to this
 * service. The port is ignored: a load balancer leaves it out or adds its own.
 *
 * @param publicUrl the public URL of the service
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 */
function createHostCheck(publicUrl: string): (host: string | undefined) => boolean {
  const own: ReadonlySet<string> = new Set([new URL(publicUrl).hostname, ...LOOPBACK]);
  return (host) => host !== undefined && own.has(host.replace(PORT, '').toLowerCase());
}
