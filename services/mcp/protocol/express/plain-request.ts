import type { IncomingHttpHeaders } from 'node:http';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  RELATED_TASK_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { MODERN_REVISION } from './warm-servers.ts';

type Members = Readonly<Record<string, unknown>>;

const MEMBERS: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params']);
/** The frequent methods. The SDK's handler serves all others. */
const WARM_METHODS: ReadonlySet<string> = new Set(['tools/call', 'tools/list']);
/** Names that a header carries without encoding. */
const PLAIN_NAME = /^[\w./-]{1,128}$/;

/**
 * Whether a message is a request in the usual form. Every plain message is also valid for the SDK, whose check costs ten times as
 * much; for all other messages, the SDK decides.
 */
export function isPlainRequest(message: unknown): message is JSONRPCRequest {
  if (!isMembers(message)) return false;
  for (const name in message) if (!MEMBERS.has(name)) return false;
  const { jsonrpc, id, method, params } = message;
  if (jsonrpc !== '2.0' || typeof method !== 'string') return false;
  return (typeof id === 'string' || Number.isSafeInteger(id)) && (params === undefined || isMembers(params));
}

/** Whether a plain request belongs to a legacy session: it contains nothing of the modern era. */
export function isPlainLegacy({ method, params }: JSONRPCRequest, headers: IncomingHttpHeaders): boolean {
  if (method === 'initialize' || params?._meta !== undefined) return false;
  const version = headers['mcp-protocol-version'];
  return version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version));
}

/**
 * Whether a plain request of the modern era calls or lists tools and its headers repeat its body exactly, as required. If they do
 * not, the SDK applies the rule and its error.
 */
export function isPlainModern({ method, params }: JSONRPCRequest, headers: IncomingHttpHeaders): boolean {
  if (headers['mcp-protocol-version'] !== MODERN_REVISION || headers['mcp-method'] !== method) return false;
  if (!WARM_METHODS.has(method) || !isPlainEnvelope(params?._meta)) return false;
  if (method === 'tools/list') return true;
  const name = params?.name;
  return typeof name === 'string' && PLAIN_NAME.test(name) && headers['mcp-name'] === name;
}

function isPlainEnvelope(meta: unknown): boolean {
  if (!isMembers(meta) || meta[PROTOCOL_VERSION_META_KEY] !== MODERN_REVISION) return false;
  const { progressToken } = meta;
  const isPlainToken =
    progressToken === undefined || typeof progressToken === 'string' || Number.isSafeInteger(progressToken);
  if (!isPlainToken || meta[RELATED_TASK_META_KEY] !== undefined) return false;
  return isMembers(meta[CLIENT_CAPABILITIES_META_KEY]) && isMembers(meta[CLIENT_INFO_META_KEY]);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
