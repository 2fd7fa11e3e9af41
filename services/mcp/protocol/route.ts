import type { IncomingHttpHeaders } from 'node:http';
import {
  classifyInboundRequest,
  isJSONRPCRequest,
  type JSONRPCRequest,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { HttpError } from '../../shared/http-messages.ts';
import type { SessionFacts } from '../facts.ts';
import { isPlainLegacy, isPlainModern, isPlainRequest } from './express/plain-request.ts';

/** What serves a message. */
type Route =
  /** The warm server of the modern era. */
  | { readonly kind: 'modern'; readonly request: JSONRPCRequest }
  /** Starts a session. */
  | { readonly kind: 'initialize'; readonly request: JSONRPCRequest }
  /** In a session: the warm server for a request, the SDK's handler for a batch. */
  | { readonly kind: 'session'; readonly request: JSONRPCRequest | undefined; readonly isBatch: boolean }
  /** The SDK's handler: serves rare messages and refuses invalid ones. */
  | { readonly kind: 'sdk' };

const BY_SDK: Route = { kind: 'sdk' };

/**
 * Routes a message. The era is determined as in the SDK, by the body first; plain messages are recognized without the SDK.
 *
 * @param message the parsed body of a POST
 */
export function routeOf(headers: IncomingHttpHeaders, message: unknown): Route {
  if (isPlainRequest(message)) {
    if (isPlainLegacy(message, headers)) return { kind: 'session', request: message, isBatch: false };
    if (isPlainModern(message, headers)) return { kind: 'modern', request: message };
  }
  const route = classifyInboundRequest({
    httpMethod: 'POST',
    ...headerAs('protocolVersionHeader', headers['mcp-protocol-version']),
    ...headerAs('mcpMethodHeader', headers['mcp-method']),
    ...headerAs('mcpNameHeader', headers['mcp-name']),
    body: message,
  });
  if (route.kind !== 'legacy') return BY_SDK;
  const request = isJSONRPCRequest(message) ? message : undefined;
  if (route.reason === 'initialize' && request !== undefined) return { kind: 'initialize', request };
  return { kind: 'session', request, isBatch: route.reason === 'batch' };
}

function headerAs<Name extends string>(name: Name, value: string | string[] | undefined): { [N in Name]?: string } {
  return (value === undefined ? {} : { [name]: String(value) }) as { [N in Name]?: string };
}

const BATCH_VERSION = '2025-03-26';
const MAX_BATCH_SIZE = 10;
/** A possible revision name, shorter than any secret. */
const REVISION = /^[\w.-]{1,24}$/;

/** @throws HttpError 400 for a protocol version that sessions do not support */
export function requireProtocolVersion(header: string | string[] | undefined): void {
  if (header === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(header))) return;
  throw unsupported(`MCP-Protocol-Version must be one of ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')} in a session.`);
}

/** @throws HttpError 400 for text that cannot be a protocol version: the SDK would repeat it in its answer */
export function requireRevision(header: string | string[] | undefined): void {
  if (header === undefined || REVISION.test(String(header))) return;
  throw unsupported('MCP-Protocol-Version must be a date, such as 2025-11-25.');
}

/**
 * Only one protocol version has batches, and all messages of a batch run at once.
 *
 * @throws HttpError 400 for a batch in another version, and for a large one
 */
export function requireSmallBatch(messages: unknown, { protocolVersion }: SessionFacts): void {
  if (protocolVersion !== BATCH_VERSION) {
    throw new HttpError(400, 'request_invalid', `Only protocol version ${BATCH_VERSION} supports batches.`);
  }
  if (Array.isArray(messages) && messages.length <= MAX_BATCH_SIZE) return;
  throw new HttpError(400, 'request_invalid', `A batch must have at most ${MAX_BATCH_SIZE} messages.`);
}

function unsupported(message: string): HttpError {
  return new HttpError(400, 'protocol_version_unsupported', message);
}
