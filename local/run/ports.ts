import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CommandError, EXIT } from '../../cli/exit-codes.ts';

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

interface Ports {
  readonly emulator: number;
  readonly registry: number;
  readonly front: number;
}

/** The same ports as the last time where a state is kept: the public URL is a part of what is deployed. */
export async function choosePorts({
  port,
  stateDirectory,
}: {
  readonly port?: number | undefined;
  readonly stateDirectory?: string | undefined;
}): Promise<Ports> {
  const file = stateDirectory && join(stateDirectory, 'ports.json');
  const last = file ? readPorts(file) : undefined;
  const ports: Ports = {
    emulator: await freePort(last?.emulator),
    registry: await freePort(last?.registry),
    front: await freePort(port ?? last?.front),
  };
  if (port !== undefined && ports.front !== port) {
    throw new CommandError(`Port ${port} is in use. Choose another one or omit --port.`, EXIT.configuration);
  }
  if (file) writeFileSync(file, JSON.stringify(ports));
  return ports;
}

function readPorts(file: string): Ports | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
