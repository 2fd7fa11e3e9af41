/** Where the bytes of an entry are. */
export type PhysicalKey = {
  /** As the manifest has it. */
  readonly url: string;
  /** What the URL names, when it is an object in S3. */
  readonly object?: { readonly bucket: string; readonly key: string; readonly versionId: string | undefined };
};

/**
 * Reads `s3://bucket/key?versionId=…`, with the key percent-encoded, as quilt3 writes it (`PhysicalKey` in
 * `quilt3/util.py`). Nothing is opened: the object may be in a bucket that the caller has no right to.
 */
export function parsePhysicalKey(url: string): PhysicalKey {
  const [, bucket, path, query] = /^s3:\/\/([^/?#]+)\/([^?#]*)(?:\?([^#]*))?$/.exec(url) ?? [];
  if (bucket === undefined || path === undefined) return { url };
  try {
    const versionId = new URLSearchParams(query).get('versionId') ?? undefined;
    return { url, object: { bucket, key: decodeURIComponent(path), versionId } };
  } catch {
    return { url };
  }
}
