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
 * Turns a bearer token into the principal it stands for.
 *
 * @throws AuthError with a `TokenErrorCode`
 */
export type Authenticate = (token: string) => Promise<Authenticated>;

const DEFAULT_CAPACITY = 10_000;

/**
 * Verifies each token once and remembers the outcome; whether it is current is asked on every request. Refused tokens are
 * not remembered: they would let a stranger push out the good ones.
 *
 * @param options `leewaySeconds` for the clocks of two machines; `capacity` in tokens; `now` for tests
 */
export function createAuthenticator(options: {
  readonly keys: VerificationKeys;
  readonly leewaySeconds: number;
  readonly capacity?: number;
  readonly now?: () => Date;
}): Authenticate {
  const { keys, leewaySeconds, capacity = DEFAULT_CAPACITY, now = () => new Date() } = options;
  const cache = new TokenCache<Principal>(capacity);

  /** What is being verified: who shows the same token meanwhile waits for that. */
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
