import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../../../auth/json-object.ts';
import { readOrDropBody } from '../../shared/read-body.ts';
import { isDeeperThan } from './depth.ts';

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** What is open to all is short. A longer body without a good token is not kept, or a few hundred strangers would fill the task. */
const STRANGERS_BODY_BYTES = 64 * 1024;
/** No message of the protocol is deeper; the SDK's schemas call themselves for each level. */
const MOST_LEVELS = 200;

/** The body of a POST. `message` is `undefined` unless it is JSON, and not too deep. */
type Body = { readonly isJson: boolean; readonly isDeep: boolean; readonly message: unknown };

const NO_JSON: Body = { isJson: false, isDeep: false, message: undefined };

/**
 * Reads and parses the body of a POST, once for all who judge it.
 *
 * @param isStranger whether nobody known sends it: then no more than what is open to all is kept
 * @throws HttpError 413 for a body over 4 MiB, 400 for one that ends too early
 */
export async function readMessage(request: IncomingMessage, isStranger: boolean): Promise<Body> {
  const kept = isStranger ? STRANGERS_BODY_BYTES : BODY_LIMIT_BYTES;
  const body = await readOrDropBody(request, { limit: BODY_LIMIT_BYTES, kept });
  if (body === undefined) return NO_JSON;
  try {
    const message: unknown = JSON.parse(body.toString('utf8'));
    // So many levels take so many brackets; nearly every body is shorter.
    const isDeep = body.length > 2 * MOST_LEVELS && isDeeperThan(message, MOST_LEVELS);
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
