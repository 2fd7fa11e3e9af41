import { hash } from 'node:crypto';
import type { VerificationKeys } from '../../auth/keys.ts';
import { assertTokenIsCurrent, type TokenTimeOptions } from '../../auth/token-time.ts';
import { verifyEnhancedToken } from '../../auth/verify-enhanced-token.ts';
import { LruCache } from './lru-cache.ts';
import { Principal } from './principal.ts';

export type Authenticated = {
  readonly principal: Principal;
  readonly cacheHit: boolean;
  /** When the token is no longer accepted, leeway included: seconds since the epoch. */
  readonly acceptedUntil: number;
};

/**
 * Returns the principal of a bearer token.
 *
 * @throws AuthError with a `TokenErrorCode`
 */
export type Authenticate = (token: string) => Promise<Authenticated>;

const DEFAULT_CAPACITY = 10_000;

/**
 * Verifies each token once and caches the outcome; its validity period is checked on every request. Refused tokens are not
 * cached: otherwise anyone could evict valid ones.
 *
 * @param options `leewaySeconds` for clock differences; `capacity` in tokens; `now` for tests
 */
export function createAuthenticator(options: {
  readonly keys: VerificationKeys;
  readonly leewaySeconds: number;
  readonly capacity?: number;
  readonly now?: () => Date;
}): Authenticate {
  const { keys, leewaySeconds, capacity = DEFAULT_CAPACITY, now = () => new Date() } = options;
  const cache = new TokenCache<Principal>(capacity);

  /** Verifications in progress: concurrent requests with the same token share one. */
  const verifying = new Map<string, Promise<Principal>>();

  async function verify(token: string, time: TokenTimeOptions): Promise<Principal> {
    const { claims, keyId } = await verifyEnhancedToken(token, keys, time);
    return new Principal(claims, keyId);
  }

  return async (token) => {
    const time = { now: now(), leewaySeconds };
    const { known, remember } = cache.at(token);
    if (known !== undefined) {
      assertTokenIsCurrent(known.claims, time);
      return { principal: known, cacheHit: true, acceptedUntil: known.claims.exp + leewaySeconds };
    }
    const shared = verifying.get(token);
    const verified = shared ?? verify(token, time);
    if (shared === undefined) {
      const over = () => verifying.delete(token);
      verifying.set(token, verified);
      void verified.then(over, over);
    }
    const principal = await verified;
    if (shared === undefined) remember(principal);
    return { principal, cacheHit: shared !== undefined, acceptedUntil: principal.claims.exp + leewaySeconds };
  };
}

/**
 * Caches verified tokens by the SHA-256 of the whole token: every bit counts, the signature included, and a dump of the cache
 * contains no token. Bounded; the least recently used entry is evicted first. A task keeps the keys that it started with, so
 * entries need no invalidation when keys change.
 */
export class TokenCache<V> {
  readonly #entries: LruCache<V>;

  /** @param capacity in entries; one is about 5 KB for a full token */
  constructor(capacity: number) {
    this.#entries = new LruCache(capacity);
  }

  /** The entry of a token. Hashes once for both lookup and storage. */
  at(token: string): { readonly known: V | undefined; readonly remember: (value: V) => void } {
    const digest = hash('sha256', token, 'base64url');
    return { known: this.#entries.get(digest), remember: (value) => this.#entries.set(digest, value) };
  }

  get size(): number {
    return this.#entries.size;
  }
}
