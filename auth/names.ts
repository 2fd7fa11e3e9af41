/** Control characters would forge log lines; lone surrogates all hash like U+FFFD, which makes two names one. */
const UNSAFE = /[\p{Cc}\p{Cs}]/u;

/** Tells whether a value can name a person, a role or a token: not blank, no control characters, well-formed Unicode. */
export function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !UNSAFE.test(value);
}

const ACTION_NAME = /^[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]*$/;

/**
 * Tells whether a value is the full name of an IAM action, `service:Action`. Wildcards are not: permissions are compared as
 * they stand. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function isActionName(value: unknown): value is string {
  return typeof value === 'string' && ACTION_NAME.test(value);
}

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
