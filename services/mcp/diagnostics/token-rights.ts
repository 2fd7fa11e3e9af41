import * as z from 'zod';
import { missingPermissions } from '../../../auth/authorization.ts';
import type { EnhancedClaims } from '../../../auth/claims.ts';
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
