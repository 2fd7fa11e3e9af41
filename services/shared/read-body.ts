import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-messages.ts';

/**
 * Reads a request body into memory.
 *
 * @param limit in bytes
 * @throws HttpError 413 as soon as the declared or the received length exceeds the limit; the connection is then closed without
 *   reading the rest
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return (await readOrDropBody(request, { limit, kept: limit })) as Buffer;
}

/**
 * Reads a request body and keeps it in memory if it is short enough.
 *
 * @param sizes in bytes; a body over `kept` is still read to its end, so that the connection can be reused
 * @returns `undefined` for a body that was not kept
 * @throws HttpError as {@link readBody}
 */
export async function readOrDropBody(
  request: IncomingMessage,
  { limit, kept }: { readonly limit: number; readonly kept: number },
): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  // `close` was already emitted.
  if (request.destroyed && !request.complete) throw incomplete();
  const chunks: Buffer[] = [];
  let length = 0;
  // Not `for await`: leaving that loop destroys the request, and with it the connection that the 413 needs.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        request.removeAllListeners('data');
        request.resume();
        reject(tooLarge(limit));
      } else if (length > kept) {
        chunks.length = 0;
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => {
      if (length > kept) resolve(undefined);
      else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    });
    request.once('close', () => {
      // Every request closes; create the error, with its stack, only for early ones.
      if (!request.complete) reject(incomplete());
    });
  });
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, 'body_too_large', `The request body is larger than ${limit} bytes.`, {
    connection: 'close',
  });
}

function incomplete(): HttpError {
  return new HttpError(400, 'body_incomplete', 'The request body ended too early.');
}
