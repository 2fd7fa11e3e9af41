import type { EnhancedClaims } from './claims.ts';
import { AuthError } from './errors.ts';

/** Default difference that is tolerated between the clocks of two machines, in seconds. */
export const DEFAULT_LEEWAY_SECONDS = 10;

/** A greater leeway would in effect extend the lifetime. */
export const MAX_LEEWAY_SECONDS = 60;

/** Options of the check of a token's times. */
export type TokenTimeOptions = {
  /** @default the current time */
  readonly now?: Date | undefined;
  /** Whole seconds, 0 to 60. @default 10 */
  readonly leewaySeconds?: number | undefined;
};

/**
 * Requires that a token is current: issued, already valid (`nbf`) and not expired (`exp` is the first second in which it is not
 * accepted; RFC 7519, section 4.1.4). A cache of verified tokens repeats this check for every request.
 *
 * @param claims - the claims of a verified token
 * @throws AuthError `token_expired`, `token_not_yet_valid` or `token_issued_in_future`
 * @throws RangeError for an option outside its range
 */
export function assertTokenIsCurrent(
  { iat, nbf, exp }: Pick<EnhancedClaims, 'iat' | 'nbf' | 'exp'>,
  { now = new Date(), leewaySeconds = DEFAULT_LEEWAY_SECONDS }: TokenTimeOptions = {},
): void {
  if (!Number.isInteger(leewaySeconds) || leewaySeconds < 0 || leewaySeconds > MAX_LEEWAY_SECONDS) {
    throw new RangeError(`The leeway must be 0 to ${MAX_LEEWAY_SECONDS} whole seconds.`);
  }
  const time = epochSeconds(now);
  if (time >= exp + leewaySeconds) {
    throw new AuthError('token_expired', 'The token has expired. Get a new one from the catalog.');
  }
  if (time < nbf - leewaySeconds) {
    throw new AuthError(
      'token_not_yet_valid',
      'The token is not valid yet. Wait, or compare the clocks of the two services.',
    );
  }
  if (time < iat - leewaySeconds) {
    throw new AuthError(
      'token_issued_in_future',
      'The token was issued in the future. Compare the clocks of the two services.',
    );
  }
}

/**
 * Converts a time to a JWT NumericDate (RFC 7519, section 2).
 *
 * @param time - the time
 * @returns whole seconds since the epoch
 * @throws RangeError for an invalid date, which would compare as neither before nor after any other
 */
export function epochSeconds(time: Date): number {
  const seconds = Math.floor(time.getTime() / 1000);
  if (Number.isNaN(seconds)) throw new RangeError('The time is an invalid Date.');
  return seconds;
}
