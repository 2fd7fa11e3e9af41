import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { OpenBucket } from '../buckets/bucket-access.ts';
import { answerOf } from '../storage/storage-errors.ts';
import { keyAfterPackage, packageOfPointer, pointerPrefix } from './layout.ts';

/** Requests to S3 for a page. Each skips what is left of the last package it met: thousands of revisions cost one. */
const MAX_REQUESTS = 50;

export type PackageNames = {
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
