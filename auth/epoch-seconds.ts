/**
 * A point in time as JWTs write it (NumericDate, RFC 7519, section 2).
 *
 * @param time - the time
 * @returns whole seconds since the epoch
 * @throws RangeError for an invalid date, which would compare as neither before nor after anything
 */
export function epochSeconds(time: Date): number {
  const seconds = Math.floor(time.getTime() / 1000);
  if (Number.isNaN(seconds)) throw new RangeError('The time is an invalid Date.');
  return seconds;
}
