import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../../../auth/encoding.ts';
import { HttpError } from '../../shared/http-messages.ts';
import { readOrDropBody } from '../../shared/read-body.ts';

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** The open methods are short. A longer body without a good token is not kept, or a few hundred such clients would fill the memory of the task. */
const UNAUTHENTICATED_BODY_LIMIT = 64 * 1024;
/** No message of the protocol is deeper; the SDK's schemas call themselves for each level. */
const MAX_LEVELS = 200;

/** The body of a POST. `message` is `undefined` unless it is JSON, and not too deep. */
type Body = { readonly isJson: boolean; readonly isDeep: boolean; readonly message: unknown };

const NO_JSON: Body = { isJson: false, isDeep: false, message: undefined };

/**
 * Reads and parses the body of a POST, once for all who judge it.
 *
 * @param isAuthenticated whether a good token came with it: without one, only a body as short as the open methods need is kept
 * @throws HttpError 413 for a body over 4 MiB, 400 for one that ends too early
 */
export async function readMessage(request: IncomingMessage, isAuthenticated: boolean): Promise<Body> {
  const kept = isAuthenticated ? BODY_LIMIT_BYTES : UNAUTHENTICATED_BODY_LIMIT;
  const body = await readOrDropBody(request, { limit: BODY_LIMIT_BYTES, kept });
  if (body === undefined) return NO_JSON;
  try {
    const message: unknown = JSON.parse(body.toString('utf8'));
    // So many levels take so many brackets; nearly every body is shorter.
    const isDeep = body.length > 2 * MAX_LEVELS && isDeeperThan(message, MAX_LEVELS);
    return { isJson: true, isDeep, message: isDeep ? undefined : withoutNullArguments(message) };
  } catch {
    return NO_JSON;
  }
}

/** Language models write `arguments: null` for a tool without arguments, which the schema of the protocol refuses. */
function withoutNullArguments(message: unknown): unknown {
  const params = isJsonObject(message) && message.method === 'tools/call' ? message.params : undefined;
  if (!isJsonObject(params) || params.arguments !== null) return message;
  const { arguments: _, ...others } = params;
  return { ...(message as JsonObject), params: others };
}

/**
 * Tells whether a JSON value is nested deeper than that.
 *
 * @param levels of objects and lists
 */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

/**
 * The form in which a client takes an answer: JSON where it may be, since that is one write.
 *
 * @throws HttpError 406 when it takes neither form
 */
export function acceptedForm({ headers: { accept } }: IncomingMessage): 'json' | 'stream' {
  if (accept === undefined || accept.includes('application/json') || accept.includes('*/*')) return 'json';
  if (accept.includes('text/event-stream')) return 'stream';
  throw new HttpError(406, 'not_acceptable', 'Accept has to name application/json and text/event-stream.');
}
