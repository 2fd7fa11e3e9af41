import type { ServerResponse } from 'node:http';
import { sendJson } from '../../shared/http-messages.ts';

/** JSON-RPC 2.0 section 5.1. */
export const PARSE_ERROR = -32700;
/** From JSON-RPC's range for servers; the HTTP status has the details. */
export const REQUEST_REFUSED = -32000;
export const UNAUTHORIZED = -32001;
/** As in the SDK's own transport. */
export const SESSION_UNKNOWN = -32001;

/** An HTTP error in the form that an MCP client expects: a JSON-RPC error with the request's id and a reason to branch on. */
export function sendRpcError(
  response: ServerResponse,
  status: number,
  error: {
    readonly code: number;
    readonly message: string;
    readonly reason: string;
    readonly id?: string | number | null;
  },
  headers: Readonly<Record<string, string>> = {},
): void {
  const { code, message, reason, id = null } = error;
  sendJson(response, status, { jsonrpc: '2.0', id, error: { code, message, data: { reason } } }, headers);
}

/** The id of a message, or `null` if it has none (JSON-RPC 2.0 section 5). */
export function idOf(message: unknown): string | number | null {
  const id = isRecord(message) ? message.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

/** The method of a single request or notification; a batch has none. */
export function methodOf(message: unknown): string | undefined {
  const method = isRecord(message) ? message.method : undefined;
  return typeof method === 'string' ? method : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
