import { hash } from 'node:crypto';
import { LruCache } from './lru-cache.ts';

/**
 * Remembers what a token was verified to, by the SHA-256 of the whole token: every bit of it counts, the signature included,
 * and a dump of the cache holds no token. Bounded; the entry used longest ago goes first. A task holds the keys that it was
 * started with for all its life, so that an entry goes with its key: together with the task.
 */
export class TokenCache<V> {
  readonly #entries: LruCache<V>;

  /** @param capacity in entries; one is about 5 KB for a full token */
  constructor(capacity: number) {
    this.#entries = new LruCache(capacity);
  }

  /** The place of a token, made once for looking it up and remembering it. */
  at(token: string): { readonly known: V | undefined; readonly remember: (value: V) => void } {
    const digest = hash('sha256', token, 'base64url');
    return { known: this.#entries.get(digest), remember: (value) => this.#entries.set(digest, value) };
  }

  get size(): number {
    return this.#entries.size;
  }
}
