import { isBucketName } from '../../../auth/names.ts';

/** The location of an object or a folder in a bucket. */
export interface ObjectLocation {
  readonly bucket: string;
  /** The key or prefix; empty for the bucket itself. */
  readonly path: string;
  readonly versionId?: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html, in every partition. */
const ENDPOINT = /^(?:(.+)\.)?s3[.-](?:dualstack\.)?(?:[a-z0-9-]+\.)?amazonaws\.(?:com|com\.cn|eu)$/;

/**
 * Parses a full name of an S3 object: `s3://bucket/key`, its ARN, or its S3 URL, virtual-hosted or path-style.
 *
 * @returns undefined for any other text, such as a bare bucket name or key
 */
export function locationOf(text: unknown): ObjectLocation | undefined {
  if (typeof text !== 'string') return undefined;
  const plain = /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)([^/]+)\/?(.*)$/s.exec(text);
  if (plain !== null) return at(plain[1], plain[2]);
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const host = ENDPOINT.exec(url.hostname);
  if (host === null || url.port !== '' || url.username !== '') return undefined;
  const path = decoded(url.pathname.slice(1));
  const slash = path?.indexOf('/') ?? -1;
  const [bucket, key] =
    host[1] !== undefined ? [host[1], path] : slash < 0 ? [path, ''] : [path?.slice(0, slash), path?.slice(slash + 1)];
  const versionId = url.searchParams.get('versionId');
  const found = at(bucket, key);
  return found && versionId ? { ...found, versionId } : found;
}

function at(bucket: string | undefined, path: string | undefined): ObjectLocation | undefined {
  return isBucketName(bucket) && path !== undefined ? { bucket, path } : undefined;
}

/** Undefined if the percent encoding is invalid. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
