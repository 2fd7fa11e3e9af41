import { connect } from 'node:net';

/** Sends bytes to a server, without a client that would mend them, and gives all that comes back. */
export async function sendRaw(url: string, text: string, { thenClose = false } = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
  });
  // Refused while it is being sent: what counts is the answer.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  if (thenClose) socket.destroy();
  await closed;
  return answer;
}
