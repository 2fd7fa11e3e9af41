import { hash } from 'node:crypto';

/**
 * Remembers what a token was verified to, by the SHA-256 of the whole token: every bit of it counts, the signature included,
 * and a dump of the cache holds no token. Bounded; the entry used longest ago goes first.
 */
export class TokenCache<V> {
  readonly #entries = new Map<string, V>();
  readonly #capacity: number;

  /** @param capacity in entries; one is about 5 KB for a full token */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(token: string): V | undefined {
    const key = keyOf(token);
    const value = this.#entries.get(key);
    if (value !== undefined) {
      // A Map keeps the order of insertion: moving an entry to the end makes it the youngest.
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  set(token: string, value: V): void {
    const key = keyOf(token);
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#capacity && oldest !== undefined) this.#entries.delete(oldest);
  }

  get size(): number {
    return this.#entries.size;
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
