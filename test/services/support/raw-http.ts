import { createConnection } from 'node:net';

/**
 * Sends bytes to a server, without a client that would correct them, and returns all that comes back until the server closes.
 *
 * @param options `thenClose`: hang up as soon as they are sent; `mayBreak`: the server may cut the connection off while they are
 *   being sent, and what counts is the answer
 */
export function sendRaw(
  url: string | URL,
  text: string,
  { thenClose = false, mayBreak = false } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const sent = () => {
      if (thenClose) socket.destroy();
    };
    const socket = createConnection(Number(port), hostname, () => socket.write(text, sent));
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.once('close', () => resolve(answer));
    socket.on('error', (error) => {
      if (!mayBreak) reject(error);
    });
  });
}
