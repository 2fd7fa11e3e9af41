import type { IncomingHttpHeaders } from 'node:http';
import { classifyInboundRequest, isJSONRPCRequest, type JSONRPCRequest } from '@modelcontextprotocol/server';
import { isPlainLegacy, isPlainModern, isPlainRequest } from './plain-request.ts';

/** Who serves a message. */
export type Route =
  /** The warm server of the modern era. */
  | { readonly kind: 'modern'; readonly request: JSONRPCRequest }
  /** A session begins. */
  | { readonly kind: 'initialize'; readonly request: JSONRPCRequest }
  /** A session: its warm server, where it is a request; the SDK's handler, where it is a batch. */
  | { readonly kind: 'session'; readonly request: JSONRPCRequest | undefined; readonly isBatch: boolean }
  /** The SDK's handler, which serves what is rare and refuses what breaks a rule. */
  | { readonly kind: 'sdk' };

const BY_SDK: Route = { kind: 'sdk' };

/**
 * Decides by which way a message goes. The era is decided as the SDK decides it, by the body first; what is plain is recognized
 * without asking it.
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
