import { LruCache } from '../lru-cache.ts';
import type { Principal } from '../principal.ts';
import type { SessionFacts } from './session-facts.ts';
import { mintSessionId, readSessionId, SESSION_LIFETIME_SECONDS, type SessionId } from './session-id.ts';

/** After an hour without a request a task takes a session for given up. */
const IDLE_SECONDS = 3600;
/** About 300 bytes each. */
const DEFAULT_CAPACITY = 100_000;

/** What a task remembers of a session; losing it is harmless, since a token decides about each request anyway. */
type Memory = {
  lastSeenAt: number;
  /** `Principal.tag` of the one that the session belongs to here. */
  owner: string | undefined;
  /** `jti` of the token seen last. */
  tokenId: string | undefined;
  ended: boolean;
};

export type SessionVerdict =
  | { readonly kind: 'open'; readonly session: SessionFacts; readonly tokenChanged: boolean }
  /** The request names none. */
  | { readonly kind: 'missing' }
  /** Ended, too old, or never made by this service: the client begins a new one. */
  | { readonly kind: 'unknown' }
  /** It belongs to somebody else. */
  | { readonly kind: 'foreign' };

/**
 * The sessions of the legacy era. **A session is never a credential**: every request is authenticated by its own token, and
 * whatever is said here can only refuse one. Any task serves any session, because an ID says by itself all that has to be
 * known; what a task remembers beyond that (who it saw first, when, that it was ended) is a tripwire and hygiene, in bounded
 * memory, the one seen longest ago forgotten first.
 */
export class Sessions {
  readonly #memories: LruCache<Memory>;
  readonly #now: () => number;

  /** @param options `capacity` in sessions; `now` in seconds since the epoch, for tests */
  constructor({
    capacity = DEFAULT_CAPACITY,
    now = () => Math.floor(Date.now() / 1000),
  }: {
    readonly capacity?: number;
    readonly now?: () => number;
  } = {}) {
    this.#memories = new LruCache(capacity);
    this.#now = now;
  }

  /** Begins a session and gives its ID. With a principal, the session is theirs on every task. */
  begin(protocolVersion: string, principal: Principal | undefined): string {
    return mintSessionId({ protocolVersion, principalTag: principal?.tag, now: this.#now() });
  }

  /** Judges the session that a request names. */
  enter(text: string | undefined, principal: Principal | undefined): SessionVerdict {
    if (text === undefined || text === '') return { kind: 'missing' };
    const now = this.#now();
    const id = readSessionId(text, now);
    if (id === undefined) return { kind: 'unknown' };
    const memory = this.#recall(id, now);
    if (memory.ended) return { kind: 'unknown' };
    memory.lastSeenAt = now;
    if (principal === undefined) return { kind: 'open', session: factsOf(id), tokenChanged: false };
    if (memory.owner !== undefined && memory.owner !== principal.tag) return { kind: 'foreign' };
    const tokenChanged = memory.tokenId !== undefined && memory.tokenId !== principal.claims.jti;
    memory.owner = principal.tag;
    memory.tokenId = principal.claims.jti;
    return { kind: 'open', session: factsOf(id), tokenChanged };
  }

  /** Ends a session on this task. */
  end(text: string): void {
    const memory = this.#memories.get(text);
    if (memory !== undefined) memory.ended = true;
  }

  get size(): number {
    return this.#memories.size;
  }

  #recall(id: SessionId, now: number): Memory {
    const known = this.#memories.get(id.text);
    const memory = known ?? { lastSeenAt: now, owner: id.principalTag, tokenId: undefined, ended: false };
    if (known === undefined) this.#memories.set(id.text, memory);
    if (now - memory.lastSeenAt > IDLE_SECONDS) memory.ended = true;
    return memory;
  }
}

function factsOf({ issuedAt, protocolVersion, principalTag }: SessionId): SessionFacts {
  return {
    startedAt: issuedAt,
    endsAt: issuedAt + SESSION_LIFETIME_SECONDS,
    protocolVersion,
    boundBy: principalTag === undefined ? 'first token' : 'initialize',
  };
}
