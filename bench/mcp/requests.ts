import { type Call, FIRST_ID } from './load.ts';
import type { Era } from './subjects.ts';

/** Where the requests go, and with what token. */
export type Target = { readonly port: number; readonly era: Era; readonly token: string };

const PATH = '/mcp';
const CLIENT = { name: 'bench', version: '1' };
const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': CLIENT,
  'io.modelcontextprotocol/clientCapabilities': {},
};

type Headers = Readonly<Record<string, string>>;

const HEADERS: Headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const MODERN_HEADERS: Headers = {
  ...HEADERS,
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'echo',
};

/** The body of a `tools/call` that says its own ID. */
function callBody(era: Era, id: number): string {
  const params = { name: 'echo', arguments: { text: `call ${id}` }, ...(era === 'modern' && { _meta: MODERN_META }) };
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
}

function initializeBody(id: number): string {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT };
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'initialize', params });
}

/** @param session of the legacy era, when the server has such a thing */
function callHeaders(era: Era, session: string | undefined): Headers {
  if (era === 'modern') return MODERN_HEADERS;
  return { ...HEADERS, 'mcp-protocol-version': '2025-11-25', ...(session && { 'mcp-session-id': session }) };
}

function post(port: number, token: string, headers: Headers, body: string): string {
  const all = {
    host: `127.0.0.1:${port}`,
    authorization: `Bearer ${token}`,
    ...headers,
    'content-length': body.length,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${PATH} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** Whether this answers the `tools/call` of that ID, with its own words. */
function isEcho(body: string, id: number): boolean {
  const { id: answered, result } = JSON.parse(body);
  return answered === id && result?.isError !== true && String(result?.content?.[0]?.text).includes(`call ${id}`);
}

/** The call that is measured: the same text for every server, but for the session that some of them want. */
export async function echoCall({ port, era, token }: Target): Promise<Call> {
  const session = era === 'legacy' ? await beginSession(port, token) : undefined;
  // Cut at the ID once, so that making a request costs next to nothing.
  const parts = post(port, token, callHeaders(era, session), callBody(era, FIRST_ID)).split(String(FIRST_ID));
  return { port, request: (id) => parts.join(String(id)), isAnswer: ({ body }, id) => isEcho(body, id) };
}

/** Begins sessions, each with the token that belongs to it, and hands over their IDs. */
export function beginningSessions(
  port: number,
  tokenOf: (id: number) => string,
  begun: (id: number, session: string) => void,
): Call {
  return {
    port,
    request: (id) => post(port, tokenOf(id), HEADERS, initializeBody(id)),
    isAnswer: ({ head, body }, id) => {
      const session = /\nmcp-session-id: *(\S+)/i.exec(head)?.[1];
      if (session === undefined) return false;
      begun(id, session);
      return JSON.parse(body).id === id;
    },
  };
}

/** Calls the tool in a session of its own each time. */
export function callingInSessions(
  port: number,
  tokenOf: (id: number) => string,
  sessionOf: (id: number) => string | undefined,
): Call {
  return {
    port,
    request: (id) => post(port, tokenOf(id), callHeaders('legacy', sessionOf(id)), callBody('legacy', id)),
    isAnswer: ({ body }, id) => isEcho(body, id),
  };
}

/** Whether one call gets through. */
export async function isServed({ port, era, token }: Target, session: string | undefined): Promise<boolean> {
  const headers = { ...callHeaders(era, session), authorization: `Bearer ${token}` };
  const body = callBody(era, FIRST_ID);
  const answer = await fetch(`http://127.0.0.1:${port}${PATH}`, { method: 'POST', headers, body });
  const text = await answer.text();
  return answer.ok && isEcho(text, FIRST_ID);
}

/**
 * Begins a session of the legacy era, with both of its steps.
 *
 * @returns `undefined` from a server that knows no sessions
 */
export async function beginSession(port: number, token: string): Promise<string | undefined> {
  const send = async (body: string, more: Headers): Promise<Response> => {
    const headers = { ...HEADERS, authorization: `Bearer ${token}`, ...more };
    const answer = await fetch(`http://127.0.0.1:${port}${PATH}`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return answer;
  };
  const session = (await send(initializeBody(FIRST_ID), {})).headers.get('mcp-session-id') ?? undefined;
  if (session !== undefined) {
    const initialized = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await send(initialized, { 'mcp-session-id': session });
  }
  return session;
}
