import { isBucketName } from './names.ts';

/**
 * What comes before the star: long enough to name somebody's buckets. A bare `*` would open those that nobody thought of, such as
 * the account's logs and templates.
 */
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9._-]{2,}$/;
const SUFFIX = /^[A-Za-z0-9._-]*$/;
/** As for a bucket name. */
const MAX_LENGTH = 255;

/**
 * Tells whether a text names buckets as the deployment may: one by its bare name, or many as `prefix*` or `prefix*suffix` with
 * a prefix of at least three characters. IAM reads the star in an ARN in the same way.
 */
export function isBucketPattern(text: string): boolean {
  // As a boolean: it is a predicate, after which the compiler would take every other text for impossible.
  const isName: boolean = isBucketName(text);
  if (isName) return true;
  const [prefix = '', suffix, ...more] = text.split('*');
  if (suffix === undefined || more.length > 0 || text.length > MAX_LENGTH) return false;
  return PREFIX.test(prefix) && SUFFIX.test(suffix);
}

/** Compiles patterns that {@link isBucketPattern} accepts to a function that tells whether any of them names a bucket. */
export function bucketMatcher(patterns: readonly string[]): (bucket: string) => boolean {
  const names = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const families = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (bucket) =>
    names.has(bucket) ||
    families.some(
      ([prefix = '', suffix = '']) =>
        bucket.length >= prefix.length + suffix.length && bucket.startsWith(prefix) && bucket.endsWith(suffix),
    );
}
