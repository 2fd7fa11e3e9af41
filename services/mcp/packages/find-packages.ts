import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { OpenBucket } from '../buckets/bucket-access.ts';
import { ToolError } from '../reasons.ts';
import { answerOf, readAtMost } from '../storage.ts';
import {
  isTopHash,
  keyAfterPackage,
  manifestKey,
  packageOfPointer,
  pointerKey,
  pointerPrefix,
  topHashOfManifest,
} from './layout.ts';

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

/** Requests to S3 for a page. Each skips what is left of the last package it met: thousands of revisions cost one. */
const MAX_REQUESTS = 50;

type PackageNames = {
  readonly names: readonly string[];
  /** The key behind which the next page begins; `undefined`: there is none. */
  readonly next: string | undefined;
};

/**
 * Lists names of packages in the order of S3: by their bytes.
 *
 * @param options `namePrefix` filters, `limit` is the most names, `startAfter` is `next` of the page before
 * @returns sometimes fewer than `limit`, and not the last page for that
 */
export async function listPackageNames(
  { bucket, s3 }: OpenBucket,
  options: { readonly namePrefix: string; readonly limit: number; readonly startAfter: string | undefined },
  signal: AbortSignal,
): Promise<PackageNames> {
  const names: string[] = [];
  const prefix = pointerPrefix(options.namePrefix);
  let startAfter = options.startAfter;
  for (let request = 0; request < MAX_REQUESTS; request += 1) {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: startAfter });
    const page = await answerOf(s3.send(command, { abortSignal: signal }));
    for (const { Key: key = '' } of page.Contents ?? []) {
      const name = packageOfPointer(key);
      if (name !== undefined && name !== names.at(-1)) {
        if (names.length === options.limit) return { names, next: startAfter };
        names.push(name);
      }
      startAfter = name === undefined ? key : keyAfterPackage(name);
    }
    if (page.IsTruncated !== true) return { names, next: undefined };
  }
  return { names, next: startAfter };
}
