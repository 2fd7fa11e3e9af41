import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** Of no meaning to the SDK, which only needs a valid URL; the real host is not its business. */
const URL_FOR_SDK = 'http://mcp.invalid/mcp';

/**
 * The request as the SDK wants it. Only protocol headers go along: neither a token nor a cookie reaches a tool.
 *
 * @param signal aborts when nobody waits for the answer any more
 */
export function toWebRequest(headers: IncomingHttpHeaders, signal: AbortSignal): Request {
  const passed = Object.entries(headers).filter(
    (header): header is [string, string] =>
      typeof header[1] === 'string' &&
      (header[0] === 'accept' || header[0] === 'content-type' || header[0].startsWith('mcp-')),
  );
  return new Request(URL_FOR_SDK, { method: 'POST', headers: passed, signal });
}

/** Writes the SDK's answer out; returns when the last byte is handed over or the client is gone. */
export async function sendWebResponse(response: ServerResponse, answer: Response): Promise<void> {
  const headers = Object.fromEntries(answer.headers);
  // Hop-by-hop: whether this connection stays is for the server to say, above all while it stops.
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
    // Client gone, token expired or service stopping: there is nobody to tell.
    if (!response.destroyed) throw error;
  }
}

function isEventStream(answer: Response): boolean {
  return answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}
