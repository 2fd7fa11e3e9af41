import { type McpOptions, McpSession } from '../mcp-client.ts';

/** A client can open a session before it has a token, as every browser does. */
export async function checkInitialize(options: McpOptions): Promise<McpSession> {
  const session = await McpSession.open(options);
  session.requireInitialize();
  return session;
}
