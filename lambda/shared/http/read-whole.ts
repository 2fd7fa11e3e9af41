import { answerOf } from './answer.ts';
import { type Dial, DialError } from './dial.ts';
import { failureOf, faultOfAnswer, faultOfDial } from './fault.ts';

/** A file with the head that came with it; `text` is `undefined` when it was not read to its end, or is encoded. */
export type WholeFile = { readonly headers: string; readonly text: string | undefined };

/** Byte for byte, so that nothing that is searched for can be lost in a decoding error. */
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
 * Reads what a URL serves, whatever its status; that there is nothing is an answer too.
 *
 * @param where - what is asked, for the reason
 * @throws RequestFailure when there was no answer, a redirect, or a server error
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
