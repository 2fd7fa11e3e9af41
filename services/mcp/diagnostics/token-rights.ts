import * as z from 'zod';
import type { EnhancedClaims } from '../../../auth/claims.ts';
import { missingPermissions } from '../../../auth/tool-permissions.ts';
import type { BucketAccess } from '../buckets/bucket-access.ts';

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
 * @param tools names of the tools to tell about, each with an entry in the permission table
 */
export function tokenRightsOf(
  { buckets, permissions }: EnhancedClaims,
  access: BucketAccess,
  tools: readonly string[],
) {
  return {
    every_bucket: buckets.includes(EVERY_BUCKET),
    buckets: buckets
      .filter((name) => name !== EVERY_BUCKET)
      .map((name) => ({ name, reachable: access.isReachable(name) })),
    tools: tools.map((name) => {
      const missing = missingPermissions(name, permissions);
      return { name, callable: missing.length === 0, missing_permissions: [...missing] };
    }),
  };
}
