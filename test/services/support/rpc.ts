import type { AnyJson } from './any-json.ts';

/** What a plain HTTP client sees of one MCP exchange; the message is read from JSON or from the one event of a stream. */
export type RpcAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly message: AnyJson;
};

type Message = Readonly<Record<string, unknown>>;

/** Posts one message to an MCP endpoint. */
export async function post(
  url: string,
  message: Message | readonly Message[] | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RpcAnswer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  });
  const text = await answer.text();
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const json = isStream ? (/^data: (.*)$/m.exec(text)?.[1] ?? '') : text;
  return { status: answer.status, headers: answer.headers, message: json === '' ? undefined : JSON.parse(json) };
}

export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

const CLIENT = { name: 'test', version: '1' };

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 'first',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT },
};
/** Begins a session of the legacy era, with a token or without; gives the header that names it. */
export async function openSession(url: string, headers: Readonly<Record<string, string>> = {}): Promise<SessionHeader> {
  const answer = await post(url, INITIALIZE, headers);
  return { 'mcp-session-id': answer.headers.get('mcp-session-id') ?? `none, but ${answer.status}` };
}
export type SessionHeader = { 'mcp-session-id': string };

export const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };
export const PING = { jsonrpc: '2.0', id: 2, method: 'ping' };
export const TOOLS_LIST = { jsonrpc: '2.0', id: 'list-1', method: 'tools/list' };
export const callTool = (name: string, args: Message = {}): Message => ({
  jsonrpc: '2.0',
  id: 'call-1',
  method: 'tools/call',
  params: { name, arguments: args },
});

/** A request of the 2026-07-28 revision, with the headers that it demands. */
export function modern(method: string, params: Message = {}): { message: Message; headers: Record<string, string> } {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return {
    message: { jsonrpc: '2.0', id: 'modern-1', method, params: { ...params, _meta: meta } },
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof params.name === 'string' && { 'mcp-name': params.name }),
    },
  };
}
