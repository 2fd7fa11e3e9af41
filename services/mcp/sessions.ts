import { randomBytes } from 'node:crypto';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import type { SessionFacts } from './facts.ts';
import { LruCache } from './lru-cache.ts';
import type { Principal } from './principal.ts';

/** 12 hours: the absolute end of a session, on every task. */
const SESSION_LIFETIME_SECONDS = 43_200;

/** How far ahead the clock of the task that made an ID may be. */
const CLOCK_DIFFERENCE_SECONDS = 60;

const SESSION_ID = /^v1\.(\d{4}-\d{2}-\d{2})\.([1-9]\d{9})\.[A-Za-z0-9_-]{22}\.([A-Za-z0-9_-]{22}|-)$/;

/** The contents of a session ID. Anyone can write one, so no security decision relies on it. */
type SessionId = {
  readonly text: string;
  readonly protocolVersion: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** `Principal.tag` of the principal that began the session with a token. */
  readonly principalTag: string | undefined;
};

/**
 * Creates a session ID: `v1.<protocol version>.<issued>.<128 random bits>.<principal tag or ->`. Every task can read it, so tasks
 * need not share sessions. The client already knows everything that it contains.
 *
 * @param options `now` in seconds since the epoch
 */
export function mintSessionId(options: {
  readonly protocolVersion: string;
  readonly principalTag: string | undefined;
  readonly now: number;
}): string {
  const { protocolVersion, principalTag = '-', now } = options;
  return `v1.${protocolVersion}.${now}.${randomBytes(16).toString('base64url')}.${principalTag}`;
}

/**
 * Parses a session ID.
 *
 * @param now in seconds since the epoch
 * @returns `undefined` for an ID that is not from this service, is older than 12 hours, or is from the future
 */
export function readSessionId(text: string, now: number): SessionId | undefined {
  const match = SESSION_ID.exec(text);
  if (match === null) return undefined;
  const [, protocolVersion = '', issued, tag] = match;
  if (!SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion)) return undefined;
  const issuedAt = Number(issued);
  if (now >= issuedAt + SESSION_LIFETIME_SECONDS || issuedAt > now + CLOCK_DIFFERENCE_SECONDS) return undefined;
  return { text, protocolVersion, issuedAt, principalTag: tag === '-' ? undefined : tag };
}

/** A task treats a session as abandoned after an hour without a request. */
const IDLE_SECONDS = 3600;
/** About 300 bytes each. */
const DEFAULT_CAPACITY = 100_000;

/** A task's record of a session. Losing it is harmless, since a token authorizes each request. */
type Memory = {
  lastSeenAt: number;
  /** `Principal.tag` of the session's owner on this task. */
  owner: string | undefined;
  /** `jti` of the last token. */
  tokenId: string | undefined;
  ended: boolean;
};

type SessionVerdict =
  | { readonly kind: 'open'; readonly session: SessionFacts; readonly tokenChanged: boolean }
  /** The request names no session. */
  | { readonly kind: 'missing' }
  /** Ended, too old, or not from this service: the client must start a new one. */
  | { readonly kind: 'unknown' }
  /** It belongs to another principal. */
  | { readonly kind: 'foreign' };

/**
 * The sessions of the legacy era. **A session is never a credential**: every request is authenticated by its own token, and a session
 * check can only refuse it. Any task serves any session, because the ID contains all that a task must know. A task also remembers
 * the first principal, the last use and the end of a session, as a tripwire and for hygiene. That memory is bounded; the least
 * recently used entry is evicted first.
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

  /** Starts a session and returns its ID. With a principal, the session belongs to them on every task. */
  begin(protocolVersion: string, principal: Principal | undefined): string {
    return mintSessionId({ protocolVersion, principalTag: principal?.tag, now: this.#now() });
  }

  /** Checks the session that a request names. */
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
