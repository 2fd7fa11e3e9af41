import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../../../auth/encoding.ts';
import { HttpError } from '../../shared/http-messages.ts';
import { readOrDropBody } from '../../shared/read-body.ts';

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** Open methods are short. A longer body without a valid token is not kept, or a few hundred such clients would fill the task's memory. */
const UNAUTHENTICATED_BODY_LIMIT = 64 * 1024;
/** No valid message is nested more deeply. The SDK's schemas recurse for each level. */
const MAX_LEVELS = 200;

/** The body of a POST. `message` is `undefined` for a body that is not JSON, or is nested too deeply. */
type Body = { readonly isJson: boolean; readonly isDeep: boolean; readonly message: unknown };

const NO_JSON: Body = { isJson: false, isDeep: false, message: undefined };

/**
 * Reads and parses the body of a POST, once for all checks.
 *
 * @param isAuthenticated whether the request has a valid token; without one, only a body short enough for the open methods is kept
 * @throws HttpError 413 for a body over 4 MiB, 400 for an incomplete one
 */
export async function readMessage(request: IncomingMessage, isAuthenticated: boolean): Promise<Body> {
  const kept = isAuthenticated ? BODY_LIMIT_BYTES : UNAUTHENTICATED_BODY_LIMIT;
  const body = await readOrDropBody(request, { limit: BODY_LIMIT_BYTES, kept });
  if (body === undefined) return NO_JSON;
  try {
    const message: unknown = JSON.parse(body.toString('utf8'));
    // Each level takes two brackets; nearly every body is shorter than that.
    const isDeep = body.length > 2 * MAX_LEVELS && isDeeperThan(message, MAX_LEVELS);
    return { isJson: true, isDeep, message: isDeep ? undefined : withoutNullArguments(message) };
  } catch {
    return NO_JSON;
  }
}

/** Language models send `arguments: null` for a tool without arguments, which the protocol's schema refuses. */
function withoutNullArguments(message: unknown): unknown {
  const params = isJsonObject(message) && message.method === 'tools/call' ? message.params : undefined;
  if (!isJsonObject(params) || params.arguments !== null) return message;
  const { arguments: _, ...others } = params;
  return { ...(message as JsonObject), params: others };
}

/**
 * Whether a JSON value is nested more deeply than `levels`.
 *
 * @param levels of objects and lists
 */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

/**
 * The response form that a client accepts: JSON where possible, since it takes a single write.
 *
 * @throws HttpError 406 when the client accepts neither form
 */
export function acceptedForm({ headers: { accept } }: IncomingMessage): 'json' | 'stream' {
  if (accept === undefined || accept.includes('application/json') || accept.includes('*/*')) return 'json';
  if (accept.includes('text/event-stream')) return 'stream';
  throw new HttpError(406, 'not_acceptable', 'Accept must include application/json and text/event-stream.');
}
