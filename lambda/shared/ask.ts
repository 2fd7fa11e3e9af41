import { type Dial, DialError } from './dial.ts';
import { type Answer, answerOf, failureOf, faultOfAnswer, faultOfDial } from './fault.ts';

/**
 * Sends one request and returns the facts of its response; does not read the body.
 *
 * @param where - the request, for the reason
 * @param tokenKeyId - the key of the valid token that the request carries, if it carries one
 * @throws RequestFailure when there was no response
 */
export async function askOnce(
  dial: Dial,
  url: URL,
  init: RequestInit,
  where: string,
  tokenKeyId?: string,
): Promise<Answer> {
  try {
    const response = await dial(url, init);
    await response.body?.cancel();
    return answerOf(response, url, tokenKeyId);
  } catch (error) {
    throw error instanceof DialError ? failureOf(faultOfDial(error), where) : error;
  }
}

/** A plain MCP request without parameters, which an MCP client would not send. */
export function mcpRequest(method: string, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { ...headers, accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: {} }),
  };
}

/** A file with its headers; `text` is `undefined` when it was too large or is encoded. */
type WholeFile = { readonly headers: string; readonly text: string | undefined };

/** Reads byte for byte, so that a decoding error cannot hide a searched text. */
async function read(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/**
 * Reads what a URL serves, whatever its status: a missing file is a result too.
 *
 * @param where - the request, for the reason
 * @throws RequestFailure for no response, a redirect, or a server error
 */
export async function readWhole(dial: Dial, url: URL, where: string, maxBytes: number): Promise<WholeFile> {
  try {
    const response = await dial(url, { headers: { accept: '*/*', 'accept-encoding': 'identity' } });
    const fault = faultOfAnswer(answerOf(response, url, undefined));
    if (fault?.kind.startsWith('redirected') || fault?.kind === 'server-error') {
      await response.body?.cancel();
      throw failureOf(fault, where);
    }
    const encoding = response.headers.get('content-encoding') ?? 'identity';
    const text = await read(response, maxBytes);
    return {
      headers: [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n'),
      text: encoding === 'identity' ? text : undefined,
    };
  } catch (error) {
    throw error instanceof DialError ? failureOf(faultOfDial(error), where) : error;
  }
}
