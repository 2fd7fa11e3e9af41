import * as z from 'zod';
import type { EnhancedClaims } from '../../../auth/claims.ts';
import { epochSeconds } from '../../../auth/epoch-seconds.ts';

/** The clock that a token is judged by. */
export type Clock = { readonly now: Date; readonly leewaySeconds: number };

/** The times of a token beside the clock of the task: fields that several tools answer with. */
export const TOKEN_TIME_FIELDS = {
  issued_at: z.iso.datetime(),
  valid_from: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  expires_in_seconds: z.int().describe('Negative once it has expired'),
  accepted_for_seconds: z.int().describe('Until it is refused, leeway included'),
  age_seconds: z.int().describe('Since it was issued; negative: the clock that issued it is ahead of this one'),
  server_time: z.iso.datetime().describe('The clock of the task that answers'),
  leeway_seconds: z.int().describe('How far the two clocks may differ'),
};

/** What {@link TOKEN_TIME_FIELDS} describes. */
export function tokenTimeOf({ iat, nbf, exp }: EnhancedClaims, { now, leewaySeconds }: Clock) {
  const time = epochSeconds(now);
  return {
    issued_at: isoTime(iat),
    valid_from: isoTime(nbf),
    expires_at: isoTime(exp),
    expires_in_seconds: exp - time,
    accepted_for_seconds: exp + leewaySeconds - time,
    age_seconds: time - iat,
    server_time: now.toISOString(),
    leeway_seconds: leewaySeconds,
  };
}

/** @param seconds since the epoch */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
