import type { IncomingMessage, ServerResponse } from 'node:http';

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
export function shareWith(origin: string, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', RESPONSE_HEADERS);
  response.setHeader('vary', 'origin');
}

/** The question that a browser asks before it sends a request of another origin. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Answers a preflight of an allowed origin. */
export function answerPreflight(response: ServerResponse): void {
  response
    .writeHead(204, {
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': MAX_AGE_SECONDS,
    })
    .end();
}
