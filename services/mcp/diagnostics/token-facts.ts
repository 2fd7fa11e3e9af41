import * as z from 'zod';
import { missingPermissions } from '../../../auth/authorization.ts';
import type { EnhancedClaims } from '../../../auth/claims.ts';
import { epochSeconds } from '../../../auth/token-time.ts';
import type { BucketAccess } from '../buckets/bucket-access.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Principal } from '../principal.ts';

/** Answer fields for the token's key and the task's keys, shared by several tools. Key IDs are public. */
export const TOKEN_KEY_FIELDS = {
  key_id: z.string().describe('Key that verified the token'),
  accepted_key_ids: z.array(z.string()).describe('Keys that the task accepts'),
  key_accepted: z.boolean().describe('false: get a new token'),
};

/** The values of {@link TOKEN_KEY_FIELDS}. */
export function tokenKeyOf({ keyId }: Principal, { keyIds }: ServiceFacts) {
  return { key_id: keyId, accepted_key_ids: [...keyIds], key_accepted: keyIds.includes(keyId) };
}

const EVERY_BUCKET = '*';

/** Answer fields for what the token allows, and what of that works in this deployment. */
export const TOKEN_RIGHTS_FIELDS = {
  every_bucket: z.boolean().describe('true: the token covers every bucket of the catalog, and buckets is empty'),
  buckets: z.array(
    z.object({
      name: z.string(),
      reachable: z.boolean().describe('false: this deployment has no access to the bucket, for any user'),
    }),
  ),
  tools: z.array(
    z.object({
      name: z.string(),
      callable: z.boolean(),
      missing_permissions: z.array(z.string()).describe('Permissions that the tool needs and the roles lack'),
    }),
  ),
};

/**
 * The values of {@link TOKEN_RIGHTS_FIELDS}, by the rules that authorize a call.
 *
 * @param tools to report, in any order
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

/** The clock that validates a token. */
export type Clock = { readonly now: Date; readonly leewaySeconds: number };

/** Answer fields for the token's times and the task's clock, shared by several tools. */
export const TOKEN_TIME_FIELDS = {
  issued_at: z.iso.datetime(),
  valid_from: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  expires_in_seconds: z.int().describe('Negative when the token has expired'),
  accepted_for_seconds: z.int().describe('Time until the token is refused, leeway included'),
  age_seconds: z.int().describe('Time since the token was issued; negative when the clock of the issuer is ahead'),
  server_time: z.iso.datetime().describe('Clock of the task that answered'),
  leeway_seconds: z.int().describe('Maximum difference between the two clocks'),
};

/** The values of {@link TOKEN_TIME_FIELDS}. */
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
