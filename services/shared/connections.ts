import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections that a server has at the moment. */
export class Connections {
  readonly #open = new Set<Socket>();
  #lastGone: () => void = () => {};

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => {
        this.#open.delete(socket);
        if (this.#open.size === 0) this.#lastGone();
      });
    });
  }

  /** Ends those over which nothing has come yet. */
  endUnused(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }

  /** Resolves once there is none, or when the time is over. */
  untilNone(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#lastGone = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#open.size === 0) this.#lastGone();
    });
  }
}
