import type { Principal } from '../principal.ts';
import type { Running } from './express/multiplexer.ts';

type Entry = { readonly principal: Principal | undefined; readonly cancel: () => void };

/** Requests of sessions under way, by session and by the client's own ID of the request: what a client may cancel. */
export class Cancellable {
  readonly #entries = new Map<string, Entry>();

  /** @returns what has to be called when the request is over */
  add(session: string, id: unknown, principal: Principal | undefined, { cancel }: Running): () => void {
    const key = keyOf(session, id);
    const entry = { principal, cancel };
    this.#entries.set(key, entry);
    return () => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
  }

  /** Cancels a request on behalf of whoever sent it, if it runs on this task: a cancellation is a wish. */
  cancel(session: string, id: unknown, principal: Principal | undefined): void {
    const entry = this.#entries.get(keyOf(session, id));
    if (entry !== undefined && entry.principal?.tag === principal?.tag) entry.cancel();
  }
}

/** `1` and `"1"` are two IDs. */
function keyOf(session: string, id: unknown): string {
  return `${session} ${typeof id} ${id}`;
}
