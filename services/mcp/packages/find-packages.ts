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
 * Reads the top hash from a pointer of a package.
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
    throw new ToolError('package_not_found', 'The bucket has no such package, or the package has no such revision.');
  });
  const content = await readAtMost(pointer.Body, MAX_POINTER_BYTES, signal);
  const topHash = content.toString('latin1').trim();
  if (!isTopHash(topHash)) throw new ToolError('package_invalid', `The pointer ${revision} contains no top hash.`);
  return topHash;
}

/**
 * Completes a top hash prefix. As quilt3 does, it searches all manifests of the bucket.
 *
 * @param beginning at least 6 hexadecimal digits
 * @throws ToolError `package_not_found`; `argument_invalid` for an ambiguous prefix
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
    throw new ToolError('argument_invalid', 'Ambiguous top hash prefix. Add characters.');
  }
  if (only === undefined || !isTopHash(only)) {
    throw new ToolError('package_not_found', 'No top hash in the bucket has this prefix.');
  }
  return only;
}

/** Requests to S3 per page. Each skips the rest of the last package that it met, so thousands of revisions cost one request. */
const MAX_REQUESTS = 50;

type PackageNames = {
  readonly names: readonly string[];
  /** The key after which the next page begins; `undefined` on the last page. */
  readonly next: string | undefined;
};

/**
 * Lists package names in the order of S3: by their bytes.
 *
 * @param options `namePrefix` filters, `limit` is the maximum number of names, `startAfter` is `next` of the previous page
 * @returns sometimes fewer than `limit` names on a page that is not the last
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
