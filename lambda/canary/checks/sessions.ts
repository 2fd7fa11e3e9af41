import { randomUUID } from 'node:crypto';
import { type McpOptions, McpSession } from '../mcp-client.ts';

const SESSION_ID = 'mcp-session-id';

type Headers = Readonly<Record<string, string>>;

/**
 * Headers of a session that never saw a token, so that a server that keeps sessions does not refuse for the lack of one. The
 * canary's own would not do: whether it is accepted alone is another check.
 *
 * @param own - headers of the canary's session
 */
export async function strangersSession(own: Headers, options: Omit<McpOptions, 'token'>): Promise<Headers> {
  if (own[SESSION_ID] === undefined) return own;
  const stranger = await McpSession.open({ ...options, token: undefined });
  const { headers } = stranger;
  // Only what is still under way ends here: the session itself is needed, and ends by itself.
  await stranger.leave();
  return headers;
}

/**
 * The headers of the canary's session, which a token opened. A server that keeps none gets an ID that it never gave, in case it
 * takes any.
 */
export function sessionIdAlone(own: Headers): Headers {
  return { [SESSION_ID]: randomUUID(), ...own };
}
