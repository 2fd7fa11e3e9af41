/** What an `Authorization` header holds. */
export type Credentials =
  | { readonly kind: 'none' }
  /** Another scheme than Bearer. */
  | { readonly kind: 'other_scheme' }
  /** Whatever followed the scheme, unchecked: verification is the judge of its form. */
  | { readonly kind: 'bearer'; readonly token: string };

/** RFC 6750 section 2.1; the scheme is case-insensitive by RFC 9110 section 11.1. */
const BEARER = /^bearer(?: +(.*))?$/i;

/** Reads a bearer token from the one place it may be in: never from the query or the body. */
export function readBearerToken(authorization: string | undefined): Credentials {
  if (authorization === undefined) return { kind: 'none' };
  const match = BEARER.exec(authorization);
  return match === null ? { kind: 'other_scheme' } : { kind: 'bearer', token: match[1]?.trimEnd() ?? '' };
}
