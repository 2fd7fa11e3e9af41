import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

/** Refuses other methods with 405 and the `Allow` header that RFC 9110 section 15.5.6 demands. */
export function requireMethod(request: IncomingMessage, allowed: readonly string[]): void {
  if (allowed.includes(request.method ?? '')) return;
  const allow = allowed.join(', ');
  throw new HttpError(405, 'method_not_allowed', `Method not allowed. Use ${allow}.`, { allow });
}
