/**
 * Letters of both cases, underscores and up to 255 characters, since buckets made in us-east-1 before March 2018 may have
 * them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const BUCKET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/**
 * Tells whether a value is the bare name of an S3 bucket: no `s3://`, no path, and nothing that an ARN or a policy would read
 * as a wildcard or separator.
 */
export function isBucketName(value: unknown): value is string {
  return typeof value === 'string' && BUCKET_NAME.test(value);
}
