import { askOnce } from '../../shared/http/ask-once.ts';
import type { Dial } from '../../shared/http/dial.ts';
import { failureOf, faultOfAnswer } from '../../shared/http/fault.ts';
import { CheckFailure } from '../fault.ts';

/** The catalog's page is served. */
export async function checkCatalog(dial: Dial, url: URL): Promise<void> {
  const answer = await askOnce(dial, url, { headers: { accept: 'text/html' } }, 'GET /');
  if (answer.status >= 200 && answer.status < 300) return;
  const fault = faultOfAnswer(answer);
  if (fault === undefined || fault.kind === 'not-mcp' || fault.kind === 'mcp-error') {
    throw new CheckFailure(
      'no-page',
      `GET / gave ${answer.status}. Check the listener's default rule and the catalog's image.`,
    );
  }
  throw failureOf(fault, 'GET /');
}
