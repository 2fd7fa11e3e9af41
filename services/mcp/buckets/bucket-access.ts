import type { S3Client } from '@aws-sdk/client-s3';
import type { BucketAction } from '../../../contract/bucket-actions.ts';
import type { Principal } from '../principal.ts';

/** A bucket that a caller may use, and a client that can use nothing else. */
export type OpenBucket = {
  /** The bare name. */
  readonly bucket: string;
  /**
   * Uses credentials made for this principal, this bucket and this action, in the bucket's region. They are valid for at least five
   * minutes; `config.credentials()` returns their expiration, which is also that of every link signed with them.
   */
  readonly s3: S3Client;
};

/** The only access that tools have to S3. */
export interface BucketAccess {
  /**
   * @param principal the caller
   * @param name as the caller wrote it: `bucket` or `s3://bucket`, with or without a final slash
   * @throws ToolError `bucket_name_invalid`, `bucket_not_in_token`, `bucket_not_reachable`, `permission_missing` or
   *   `credentials_unavailable`
   */
  open(principal: Principal, name: string, action: BucketAction): Promise<OpenBucket>;
  /** Whether the deployment gives this service access to a bucket, for any principal. */
  isReachable(bucket: string): boolean;
}
