/** Control characters could forge log lines; lone surrogates all hash like U+FFFD, so that two names could collide. */
const UNSAFE = /[\p{Cc}\p{Cs}]/u;

/** Whether a value can be the name of a user, a role or a token: not blank, no control characters, well-formed Unicode. */
export function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !UNSAFE.test(value);
}

const ACTION_NAME = /^[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]*$/;

/**
 * Whether a value is the full name of an IAM action, `service:Action`, without wildcards: permissions are compared literally.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function isActionName(value: unknown): value is string {
  return typeof value === 'string' && ACTION_NAME.test(value);
}

/**
 * Allows upper case, underscores and up to 255 characters, since buckets created in us-east-1 before March 2018 may have them.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const BUCKET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/**
 * Whether a value is the bare name of an S3 bucket: no `s3://`, no path, and no wildcard or separator of ARNs and policies.
 */
export function isBucketName(value: unknown): value is string {
  return typeof value === 'string' && BUCKET_NAME.test(value);
}
