import type { IncomingMessage } from 'node:http';
import { HttpError } from '../../shared/http-error.ts';

/**
 * The form in which a client takes an answer: JSON where it may be, since that is one write.
 *
 * @throws HttpError 406 when it takes neither form
 */
export function acceptedForm({ headers: { accept } }: IncomingMessage): 'json' | 'stream' {
  if (accept === undefined || accept.includes('application/json') || accept.includes('*/*')) return 'json';
  if (accept.includes('text/event-stream')) return 'stream';
  throw new HttpError(406, 'not_acceptable', 'Accept has to name application/json and text/event-stream.');
}
