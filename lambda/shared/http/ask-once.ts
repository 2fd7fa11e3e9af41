import { answerOf } from './answer.ts';
import { type Dial, DialError } from './dial.ts';
import { type Answer, failureOf, faultOfDial } from './fault.ts';

/**
 * Sends one request and gives what is known of the answer; its body is left.
 *
 * @param where - what is asked, for the reason
 * @param tokenKeyId - the key of the valid token that the request carries, if it carries one
 * @throws RequestFailure when there was no answer
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
