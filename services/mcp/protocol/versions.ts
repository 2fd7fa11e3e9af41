import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import { HttpError } from '../../shared/http-error.ts';
import type { SessionFacts } from '../sessions/session-facts.ts';

const BATCH_VERSION = '2025-03-26';
const MOST_IN_BATCH = 10;
/** What may be the name of a revision, and is shorter than any secret. */
const REVISION = /^[\w.-]{1,24}$/;

/** @throws HttpError 400 for a protocol version that no session has */
export function requireProtocolVersion(header: string | string[] | undefined): void {
  if (header === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(header))) return;
  throw unsupported(`MCP-Protocol-Version has to be one of ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')} in a session.`);
}

/** @throws HttpError 400 for a protocol version that cannot be one: the SDK would repeat it in its answer, whatever it is */
export function requireRevision(header: string | string[] | undefined): void {
  if (header === undefined || REVISION.test(String(header))) return;
  throw unsupported('MCP-Protocol-Version has to be a date, such as 2025-11-25.');
}

/**
 * A batch is of one protocol version only, and everything in it runs at once.
 *
 * @throws HttpError 400 for one of another version, and for a large one
 */
export function requireSmallBatch(messages: unknown, { protocolVersion }: SessionFacts): void {
  if (protocolVersion !== BATCH_VERSION) {
    throw new HttpError(400, 'request_invalid', `Batches are of protocol version ${BATCH_VERSION} alone.`);
  }
  if (Array.isArray(messages) && messages.length <= MOST_IN_BATCH) return;
  throw new HttpError(400, 'request_invalid', `A batch has at most ${MOST_IN_BATCH} messages.`);
}

function unsupported(message: string): HttpError {
  return new HttpError(400, 'protocol_version_unsupported', message);
}
