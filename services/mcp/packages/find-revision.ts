import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { OpenBucket } from '../buckets/bucket-access.ts';
import { readAtMost } from '../storage/read-at-most.ts';
import { answerOf } from '../storage/storage-errors.ts';
import { ToolError } from '../tool-error.ts';
import { isTopHash, manifestKey, pointerKey, topHashOfManifest } from './layout.ts';

/** A top hash and some white space. */
const MAX_POINTER_BYTES = 256;

/**
 * Reads which manifest a pointer of a package names.
 *
 * @param revision `latest`, or the second in which a revision was pushed
 * @throws ToolError `package_not_found`, `package_invalid`
 */
export async function readPointer(
  { bucket, s3 }: OpenBucket,
  packageName: string,
  revision: string,
  signal: AbortSignal,
): Promise<string> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: pointerKey(packageName, revision) });
  const pointer = await answerOf(s3.send(command, { abortSignal: signal })).catch((error) => {
    if (!(error instanceof ToolError) || error.reason !== 'object_not_found') throw error;
    throw new ToolError('package_not_found', 'There is no such package in the bucket, or no such revision of it.');
  });
  const content = await readAtMost(pointer.Body, MAX_POINTER_BYTES, signal);
  const topHash = content.toString('latin1').trim();
  if (!isTopHash(topHash)) throw new ToolError('package_invalid', `The pointer ${revision} holds no top hash.`);
  return topHash;
}

/**
 * Completes a top hash from its beginning. As quilt3 does, it looks at all manifests of the bucket.
 *
 * @param beginning at least 6 hexadecimal digits
 * @throws ToolError `package_not_found`; `argument_invalid` when several top hashes begin so
 */
export async function completeTopHash(
  { bucket, s3 }: OpenBucket,
  beginning: string,
  signal: AbortSignal,
): Promise<string> {
  if (isTopHash(beginning)) return beginning;
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: manifestKey(beginning), MaxKeys: 2 });
  const { Contents = [] } = await answerOf(s3.send(command, { abortSignal: signal }));
  const [only, another] = Contents.map(({ Key = '' }) => topHashOfManifest(Key));
  if (another !== undefined) {
    throw new ToolError('argument_invalid', 'Several top hashes of the bucket begin so: give more of it.');
  }
  if (only === undefined || !isTopHash(only)) {
    throw new ToolError('package_not_found', 'No top hash of the bucket begins so.');
  }
  return only;
}
