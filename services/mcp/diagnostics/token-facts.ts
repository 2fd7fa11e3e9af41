import * as z from 'zod';
import { missingPermissions } from '../../../auth/authorization.ts';
import type { EnhancedClaims } from '../../../auth/claims.ts';
import { epochSeconds } from '../../../auth/token-time.ts';
import type { BucketAccess } from '../buckets/bucket-access.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Principal } from '../principal.ts';

/** The key of a token beside those of the task: fields that several tools answer with. Key IDs are public. */
export const TOKEN_KEY_FIELDS = {
  key_id: z.string().describe('The key that the token was verified with'),
  accepted_key_ids: z.array(z.string()).describe('The keys that the task accepts'),
  key_accepted: z.boolean().describe('false: get a new token'),
};

/** What {@link TOKEN_KEY_FIELDS} describes. */
export function tokenKeyOf({ keyId }: Principal, { keyIds }: ServiceFacts) {
  return { key_id: keyId, accepted_key_ids: [...keyIds], key_accepted: keyIds.includes(keyId) };
}

const EVERY_BUCKET = '*';

/** What a token allows, and what of that works here: fields of an answer. */
export const TOKEN_RIGHTS_FIELDS = {
  every_bucket: z.boolean().describe('The token names every bucket of the catalog; buckets then lists none of them'),
  buckets: z.array(
    z.object({
      name: z.string(),
      reachable: z.boolean().describe('false: the deployment has no access to it, whoever asks'),
    }),
  ),
  tools: z.array(
    z.object({
      name: z.string(),
      callable: z.boolean(),
      missing_permissions: z.array(z.string()).describe('What the roles lack for it'),
    }),
  ),
};

/**
 * What {@link TOKEN_RIGHTS_FIELDS} describes, by the rules that decide about a call.
 *
 * @param tools those to tell about, in any order
 */
export function tokenRightsOf(
  { buckets, permissions }: EnhancedClaims,
  access: BucketAccess,
  tools: readonly { readonly name: string; readonly permissions: readonly string[] }[],
) {
  return {
    every_bucket: buckets.includes(EVERY_BUCKET),
    buckets: buckets
      .filter((name) => name !== EVERY_BUCKET)
      .map((name) => ({ name, reachable: access.isReachable(name) })),
    tools: tools
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ name, permissions: needed }) => {
        const missing = missingPermissions(needed, permissions);
        return { name, callable: missing.length === 0, missing_permissions: [...missing] };
      }),
  };
}

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
