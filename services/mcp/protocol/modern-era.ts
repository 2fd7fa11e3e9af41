import type { JSONRPCRequest, McpServer } from '@modelcontextprotocol/server';
import type { Exchange } from '../../shared/http-server.ts';
import { authInfoOf, type Caller } from '../principal.ts';
import { Answer } from './express/answer.ts';
import type { WarmServers } from './express/warm-servers.ts';
import { acceptedForm } from './read-message.ts';

/**
 * Serves a plain request of the modern era by the warm server.
 *
 * @returns false, without effect, for a tool whose arguments must also be in headers: the SDK compares them
 */
export async function serveModern(
  servers: WarmServers,
  { request, response }: Exchange,
  message: JSONRPCRequest,
  caller: Caller,
): Promise<boolean> {
  const { server, connection } = await servers.modern();
  if (message.method === 'tools/call' && hasHeaderArguments(server, String(message.params?.name))) return false;
  const answer = new Answer(response, { stream: acceptedForm(request) === 'stream', until: caller.acceptedUntil });
  const running = connection.run(message, answer, authInfoOf(caller));
  // In this era a client cancels by disconnecting.
  response.once('close', running.cancel);
  return true;
}

/** Cached by the schema, which the SDK creates once per tool. */
const known = new WeakMap<object, boolean>();

function hasHeaderArguments(server: McpServer, tool: string): boolean {
  const schema = server.toolInputSchemaJson(tool);
  if (schema === undefined) return false;
  const found = known.get(schema) ?? JSON.stringify(schema).includes('"x-mcp-header"');
  known.set(schema, found);
  return found;
}
