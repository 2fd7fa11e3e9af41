import type { Answer } from '../fault.ts';
import { keyIdsOf } from './task-headers.ts';

/** What is known of a response without its body, for `faultOfAnswer`. */
export function answerOf(response: Response, url: URL, withToken: boolean): Answer {
  const location = response.headers.get('location') ?? '';
  return {
    status: response.status,
    mediaType: /^[\w.+-]+\/[\w.+-]+/.exec(response.headers.get('content-type') ?? '')?.[0].toLowerCase() ?? '',
    redirectScheme:
      location !== '' && URL.canParse(location, url.href) ? new URL(location, url).protocol.slice(0, -1) : '',
    keyIds: keyIdsOf(response.headers),
    withToken,
  };
}
