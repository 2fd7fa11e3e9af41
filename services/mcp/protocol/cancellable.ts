import type { Principal } from '../principal.ts';
import type { Running } from './express/multiplexer.ts';

type Entry = { readonly principal: Principal | undefined; readonly cancel: () => void };

/** Running requests of sessions, by session and the client's request ID, so that a client can cancel them. */
export class Cancellable {
  readonly #entries = new Map<string, Entry>();

  /** @returns call it when the request is complete */
  add(session: string, id: unknown, principal: Principal | undefined, { cancel }: Running): () => void {
    const key = keyOf(session, id);
    const entry = { principal, cancel };
    this.#entries.set(key, entry);
    return () => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
  }

  /** Cancels a request of the same principal, if it runs on this task: cancellation is best effort. */
  cancel(session: string, id: unknown, principal: Principal | undefined): void {
    const entry = this.#entries.get(keyOf(session, id));
    if (entry !== undefined && entry.principal?.tag === principal?.tag) entry.cancel();
  }
}

/** `1` and `"1"` are different IDs. */
function keyOf(session: string, id: unknown): string {
  return `${session} ${typeof id} ${id}`;
}
