import type { Answer } from './fault.ts';
import { keyIdsOf, taskOf } from './task-headers.ts';

function redirectScheme(location: string, url: URL): Answer['redirectScheme'] {
  if (location === '' || !URL.canParse(location, url.href)) return '';
  switch (new URL(location, url).protocol) {
    case 'http:':
      return 'http';
    case 'https:':
      return 'https';
    default:
      return 'other';
  }
}

/**
 * What is known of a response without its body, for `faultOfAnswer`.
 *
 * @param tokenKeyId - the key of the valid token that the request carried, if it carried one
 */
export function answerOf(response: Response, url: URL, tokenKeyId: string | undefined): Answer {
  return {
    status: response.status,
    mediaType: /^[\w.+-]+\/[\w.+-]+/.exec(response.headers.get('content-type') ?? '')?.[0].toLowerCase() ?? '',
    redirectScheme: redirectScheme(response.headers.get('location') ?? '', url),
    task: taskOf(response.headers),
    keyIds: keyIdsOf(response.headers),
    tokenKeyId,
  };
}
