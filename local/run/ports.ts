import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below those that systems give to outgoing connections (from 32,768 on Linux, 49,152 on macOS), one of which could take a port
 * between its choice here and its use.
 */
const [FIRST, END] = [20_000, 30_000];

/**
 * A free TCP port on loopback.
 *
 * @param preferred - the port to take when it is free; any free one otherwise
 */
export async function freePort(preferred?: number): Promise<number> {
  let port = preferred ?? randomInt(FIRST, END);
  while (!(await isFree(port))) port = randomInt(FIRST, END);
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
