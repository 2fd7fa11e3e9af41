import type { IncomingMessage, ServerResponse } from 'node:http';

/** A refused request. The message goes to the caller and contains nothing of the request. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** Answers with one JSON document. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}

/** Refuses other methods with 405 and the `Allow` header that RFC 9110 section 15.5.6 requires. */
export function requireMethod(request: IncomingMessage, allowed: readonly string[]): void {
  if (allowed.includes(request.method ?? '')) return;
  const allow = allowed.join(', ');
  throw new HttpError(405, 'method_not_allowed', `Method not allowed. Use ${allow}.`, { allow });
}

/** The content of an `Authorization` header. */
type Credentials =
  | { readonly kind: 'none' }
  /** A scheme other than Bearer. */
  | { readonly kind: 'other_scheme' }
  /** The text after the scheme, unchecked: verification checks its form. */
  | { readonly kind: 'bearer'; readonly token: string };

/** RFC 6750 section 2.1; the scheme is case-insensitive by RFC 9110 section 11.1. */
const BEARER = /^bearer(?: +(.*))?$/i;

/** Reads a bearer token from its only accepted place: never from the query or the body. */
export function readBearerToken(authorization: string | undefined): Credentials {
  if (authorization === undefined) return { kind: 'none' };
  const match = BEARER.exec(authorization);
  return match === null ? { kind: 'other_scheme' } : { kind: 'bearer', token: match[1]?.trimEnd() ?? '' };
}
