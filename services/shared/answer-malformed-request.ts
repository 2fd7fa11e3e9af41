import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

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
export function answerMalformedRequest(
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
