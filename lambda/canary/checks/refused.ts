import { randomUUID } from 'node:crypto';
import { askOnce, mcpRequest } from '../../shared/ask.ts';
import type { Dial } from '../../shared/dial.ts';
import { failureOf, faultOfAnswer } from '../../shared/fault.ts';
import { CheckFailure } from '../fault.ts';
import { type McpOptions, McpSession } from '../mcp-client.ts';

/** Public on purpose: a bearer token in name only. */
export const GARBAGE_TOKEN = 'canary-garbage-token';

/**
 * Requires that a request is refused with 401 (RFC 6750, section 3.1).
 *
 * @param what - the credentials of the request, for the reason: `with an expired token`
 * @param token - the bearer token; `undefined` sends none
 * @param session - headers of an open session, so that a server that keeps sessions does not refuse for lack of one
 */
export async function checkRefused(
  { dial, url }: { readonly dial: Dial; readonly url: URL },
  what: string,
  token: string | undefined,
  session: Readonly<Record<string, string>>,
): Promise<void> {
  const headers = token === undefined ? session : { ...session, authorization: `Bearer ${token}` };
  const where = `tools/list ${what}`;
  const answer = await askOnce(dial, url, mcpRequest('tools/list', headers), where);
  if (answer.status === 401) return;
  const fault = faultOfAnswer(answer);
  if (fault === undefined) {
    throw new CheckFailure(
      'accepted',
      `${where} gave ${answer.status}, not 401. Anyone who reaches the service can use it: replace its image.`,
    );
  }
  if (fault.kind === 'token-demanded' || fault.kind === 'mcp-error') {
    throw new CheckFailure(
      'wrong-status',
      `${where} gave ${answer.status}, not 401, so clients do not know that they need another token.`,
    );
  }
  throw failureOf(fault, where);
}

const SESSION_ID = 'mcp-session-id';

type Headers = Readonly<Record<string, string>>;

/**
 * Headers of a session that never had a token, so that a server that keeps sessions does not refuse for lack of one. The canary's
 * own session does not fit: whether it is accepted alone is another check.
 *
 * @param own - headers of the canary's session
 */
export async function strangersSession(own: Headers, options: Omit<McpOptions, 'token'>): Promise<Headers> {
  if (own[SESSION_ID] === undefined) return own;
  const stranger = await McpSession.open({ ...options, token: undefined });
  const { headers } = stranger;
  // Ends only requests in progress; the session itself is still needed, and expires.
  await stranger.leave();
  return headers;
}

/**
 * The headers of the canary's session, which a token opened. A server without sessions gets a made-up ID, in case it accepts any.
 */
export function sessionIdAlone(own: Headers): Headers {
  return { [SESSION_ID]: randomUUID(), ...own };
}
