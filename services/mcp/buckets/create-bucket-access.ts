import type { S3Client } from '@aws-sdk/client-s3';
import { bucketMatcher } from '../../../auth/bucket-pattern.ts';
import { isBucketName } from '../../../auth/names.ts';
import type { Logger } from '../../shared/logger.ts';
import { LruCache } from '../lru-cache.ts';
import { ToolError } from '../reasons.ts';
import { createAssumeDataRole, type Purpose } from './assume-data-role.ts';
import type { BucketAccess } from './bucket-access.ts';
import { BucketClients } from './bucket-clients.ts';
import type { DataAccess } from './data-access.ts';
import { permittedActions } from './session-policy.ts';

/** Credentials are returned with at least this lifetime left, so that they do not expire during a call. */
const RENEWED_BEFORE_END_MS = 5 * 60_000;
/**
 * Credentials with their client, about 30 KB each: at most 30 MB. Each set has its own client: one shared client that chooses
 * credentials by request could use another principal's rights by mistake.
 */
const DEFAULT_CAPACITY = 1000;

type Options = { readonly capacity?: number; readonly now?: () => number };
type Entry = { readonly client: Promise<S3Client>; renewAt: number };

/**
 * Creates the tools' only access to S3. It checks the principal's token and the buckets of the deployment, then returns a client
 * whose credentials are for this principal, this bucket and this action. Credentials are cached; every request is authorized by
 * its own token before they are used.
 *
 * @param access the buckets that the deployment gives to the service; `undefined` for none
 * @param options `capacity` in sets of credentials; `now` in milliseconds, for tests
 */
export function createBucketAccess(
  access: DataAccess | undefined,
  logger: Logger,
  options: Options = {},
): BucketAccess {
  const isReachable = bucketMatcher(access?.buckets ?? []);
  const provide = access === undefined ? undefined : createProvider(access, logger, options);

  return {
    isReachable,
    open: async (principal, argument, action) => {
      const bucket = parseBucketArgument(argument);
      const { buckets, permissions } = principal.claims;
      if (!buckets.includes(bucket) && !buckets.includes('*')) {
        throw new ToolError('bucket_not_in_token', `Your token does not name the bucket ${bucket}.`);
      }
      if (provide === undefined || !isReachable(bucket)) {
        throw new ToolError('bucket_not_reachable', `This deployment gives no access to the bucket ${bucket}.`);
      }
      const actions = permittedActions(action, permissions);
      if (actions.bucket.length + actions.objects.length === 0) {
        throw new ToolError('permission_missing', `Your role has no permission to ${action} objects.`);
      }
      return { bucket, s3: await provide({ principal, bucket, action, actions }) };
    },
  };
}

function createProvider(
  access: DataAccess,
  logger: Logger,
  { capacity = DEFAULT_CAPACITY, now = Date.now }: Options,
): (purpose: Purpose) => Promise<S3Client> {
  const assumeDataRole = createAssumeDataRole(access, logger);
  const clients = new BucketClients(access.region, now);
  const cache = new LruCache<Entry>(capacity);

  return (purpose) => {
    const key = keyOf(purpose);
    const known = cache.get(key);
    if (known !== undefined && now() < known.renewAt) return known.client;
    const entry: Entry = {
      client: assumeDataRole(purpose).then(async (credentials) => {
        const { s3, isCertain } = await clients.create(purpose.bucket, credentials);
        entry.renewAt = isCertain ? credentials.expiration.getTime() - RENEWED_BEFORE_END_MS : now();
        return s3;
      }),
      // Does not expire while the STS call is in progress: concurrent callers share it.
      renewAt: Number.POSITIVE_INFINITY,
    };
    cache.set(key, entry);
    entry.client.catch(() => cache.deleteIf(key, entry));
    return entry.client;
  };
}

/** The principal's tag identifies issuer and subject. The rights are part of the key, since another token may have others. */
function keyOf({ principal, bucket, action, actions }: Purpose): string {
  return [principal.tag, action, bucket, ...actions.bucket, ...actions.objects].join(' ');
}

const SCHEME = 's3://';

/**
 * The bare name from what a caller wrote: `bucket`, `s3://bucket` or `s3://bucket/`. A path is refused, not cut off: the caller
 * meant an object.
 *
 * @throws ToolError `bucket_name_invalid`
 */
export function parseBucketArgument(argument: string): string {
  const name = argument.startsWith(SCHEME) ? argument.slice(SCHEME.length).replace(/\/$/, '') : argument;
  if (isBucketName(name)) return name;
  // Does not quote the argument: it may be anything, and the message is logged.
  throw new ToolError('bucket_name_invalid', 'Specify the bucket as its bare name or as s3://name, without a path.');
}
