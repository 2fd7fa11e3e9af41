import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Exchange } from '../../shared/http-server.ts';
import { type Logger, safeError } from '../../shared/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { authInfoOf, type Caller } from '../principal.ts';
import type { CreateServer } from './express/warm-servers.ts';
import { methodOf } from './json-rpc.ts';

/** Serves one message that passed the gate. */
type ServeMessage = (exchange: Exchange, message: unknown, caller: Caller | undefined) => Promise<void>;

/**
 * Serves messages by the SDK's own handler, with a new server for each. It applies every rule of the protocol, and serves all
 * messages that have no fast path.
 */
export function createSdkHandler(
  createServer: CreateServer,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): ServeMessage {
  const onerror = (error: Error): void => {
    logger.debug({ event: 'protocol_error', error: safeError(error) }, 'the SDK refused a message');
  };
  const handler = createMcpHandler(({ era }) => createServer(era), { legacy: 'stateless', onerror });

  return async ({ request, response, stopping }, message, caller) => {
    const abandoned = new AbortController();
    response.once('close', () => abandoned.abort());
    // A subscription ends with the service or its token. Every other exchange may finish.
    const endless = methodOf(message) === 'subscriptions/listen';
    const expiry = endless && caller !== undefined ? abortAt(caller.acceptedUntil, abandoned) : undefined;
    try {
      const signal = endless ? AbortSignal.any([abandoned.signal, stopping]) : abandoned.signal;
      const answer = await handler.fetch(toWebRequest(request.headers, signal), {
        parsedBody: message,
        ...(caller !== undefined && { authInfo: authInfoOf(caller) }),
      });
      if (answer.status >= 500) {
        metrics.refused('internal_error');
        logger.error({ event: 'request_failed', status: answer.status }, 'the SDK failed');
      }
      await sendWebResponse(response, answer);
    } finally {
      clearTimeout(expiry);
    }
  };
}

function abortAt(seconds: number, controller: AbortController): NodeJS.Timeout {
  return setTimeout(() => controller.abort(), Math.max(0, seconds * 1000 - Date.now())).unref();
}

/** The SDK only needs a valid URL; the real host has no effect. */
const URL_FOR_SDK = 'http://mcp.invalid/mcp';

/**
 * The request in the SDK's form. Only protocol headers are copied: no token and no cookie reaches a tool.
 *
 * @param signal aborts when the client no longer waits for the answer
 */
function toWebRequest(headers: IncomingHttpHeaders, signal: AbortSignal): Request {
  const passed = Object.entries(headers).filter(
    (header): header is [string, string] =>
      typeof header[1] === 'string' &&
      (header[0] === 'accept' || header[0] === 'content-type' || header[0].startsWith('mcp-')),
  );
  return new Request(URL_FOR_SDK, { method: 'POST', headers: passed, signal });
}

/** Writes the SDK's response; returns when the last byte is handed over or the client disconnects. */
async function sendWebResponse(response: ServerResponse, answer: Response): Promise<void> {
  const headers = Object.fromEntries(answer.headers);
  // Hop-by-hop: the HTTP server manages the connection, above all during a stop.
  delete headers.connection;
  if (answer.body === null || !isEventStream(answer)) {
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { ...headers, 'content-length': body.length });
    response.end(body);
    return;
  }
  response.writeHead(answer.status, headers);
  response.flushHeaders();
  try {
    await pipeline(Readable.fromWeb(answer.body as ReadableStream<Uint8Array>), response);
  } catch (error) {
    // Client disconnected, token expired or service stopping: no one receives the error.
    if (!response.destroyed) throw error;
  }
}

function isEventStream(answer: Response): boolean {
  return answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}
