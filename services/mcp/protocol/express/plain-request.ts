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
/** What tools are asked. Any other method is rare, and the SDK's handler does for it what has to be done. */
const WARM_METHODS: ReadonlySet<string> = new Set(['tools/call', 'tools/list']);
/** Nothing that a header would carry encoded. */
const PLAIN_NAME = /^[\w./-]{1,128}$/;

/**
 * Tells whether a message is a request in the form that nearly all have. Everything that is plain is also what the SDK takes for
 * a request, which asks at ten times the price; of what is not plain, the SDK is the judge.
 */
export function isPlainRequest(message: unknown): message is JSONRPCRequest {
  if (!isMembers(message)) return false;
  for (const name in message) if (!MEMBERS.has(name)) return false;
  const { jsonrpc, id, method, params } = message;
  if (jsonrpc !== '2.0' || typeof method !== 'string') return false;
  return (typeof id === 'string' || Number.isSafeInteger(id)) && (params === undefined || isMembers(params));
}

/** Whether a plain request belongs to a session of the legacy era: nothing in it could be of the other one. */
export function isPlainLegacy({ method, params }: JSONRPCRequest, headers: IncomingHttpHeaders): boolean {
  if (method === 'initialize' || params?._meta !== undefined) return false;
  const version = headers['mcp-protocol-version'];
  return version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version));
}

/**
 * Whether a plain request of the modern era asks for tools and its headers repeat its body word for word, as they have to. Where
 * they do not, the SDK knows each rule and its error.
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
