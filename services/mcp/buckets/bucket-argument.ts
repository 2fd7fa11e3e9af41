import { isBucketName } from '../../../auth/bucket-name.ts';
import { ToolError } from '../tool-error.ts';

const SCHEME = 's3://';

/**
 * The bare name behind what a caller wrote: `bucket`, `s3://bucket` or `s3://bucket/`. A path is refused rather than cut off:
 * whoever wrote it meant an object.
 *
 * @throws ToolError `bucket_name_invalid`
 */
export function parseBucketArgument(argument: string): string {
  const name = argument.startsWith(SCHEME) ? argument.slice(SCHEME.length).replace(/\/$/, '') : argument;
  if (isBucketName(name)) return name;
  // Without the argument itself: it may be anything, and the message is logged.
  throw new ToolError('bucket_name_invalid', 'Write the bucket as its bare name or as s3://name, without a path.');
}
