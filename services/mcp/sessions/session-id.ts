import { randomBytes } from 'node:crypto';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';

/** 12 hours: the absolute end of a session, on every task. */
export const SESSION_LIFETIME_SECONDS = 43_200;

/** How far the clock of the task that made an ID may be ahead. */
const CLOCK_DIFFERENCE_SECONDS = 60;

const SESSION_ID = /^v1\.(\d{4}-\d{2}-\d{2})\.([1-9]\d{9})\.[A-Za-z0-9_-]{22}\.([A-Za-z0-9_-]{22}|-)$/;

/** What a session ID says. Anybody can write one: it is believed in nothing that matters. */
export type SessionId = {
  readonly text: string;
  readonly protocolVersion: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** `Principal.tag` of whoever began the session with a token. */
  readonly principalTag: string | undefined;
};

/**
 * Makes the ID of a new session: `v1.<protocol version>.<issued>.<128 random bits>.<principal tag or ->`. Every task can read
 * it, so none has to be asked about another one's sessions; what it holds, a task needs to know and the client knows already.
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
 * Reads a session ID.
 *
 * @param now in seconds since the epoch
 * @returns `undefined` for what this service never made, for one older than 12 hours, and for one from the future
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
