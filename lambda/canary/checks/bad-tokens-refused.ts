import { CheckFailure, describeFault, faultOfAnswer } from '../fault.ts';
import { askOnce } from '../http/ask-once.ts';
import type { Dial } from '../http/dial.ts';

/** In the code for everyone to see: it is a bearer token by its header only. */
export const GARBAGE_TOKEN = 'canary-garbage-token';

const LIST_TOOLS = JSON.stringify({ jsonrpc: '2.0', id: 'canary', method: 'tools/list', params: {} });

/**
 * A request that must not be served is answered with 401 (RFC 6750, section 3.1), whatever it asks.
 *
 * @param token - what is sent as bearer token; `undefined` sends none
 * @param sessionHeaders - those of an open session, so that a server that keeps sessions does not refuse for the lack of one
 */
export async function checkRefused(
  dial: Dial,
  url: URL,
  token: string | undefined,
  sessionHeaders: Readonly<Record<string, string>>,
): Promise<void> {
  const headers = {
    ...sessionHeaders,
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const where = `tools/list ${token === undefined ? 'without a token' : 'with a token that is none'}`;
  const answer = await askOnce(dial, url, { method: 'POST', headers, body: LIST_TOOLS }, where);
  if (answer.status === 401) return;
  const fault = faultOfAnswer(answer);
  if (fault === undefined) {
    throw new CheckFailure(
      `accepted: ${where} gave ${answer.status}, not 401. Whoever reaches the service can use it: replace its image.`,
    );
  }
  if (fault.kind === 'token-demanded' || fault.kind === 'mcp-error') {
    throw new CheckFailure(
      `wrong-status: ${where} gave ${answer.status}, not 401, so that clients do not know they need another token.`,
    );
  }
  throw new CheckFailure(describeFault(fault, where));
}
