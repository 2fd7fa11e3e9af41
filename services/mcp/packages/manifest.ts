import * as z from 'zod';
import { ToolError } from '../reasons.ts';

const METADATA = z.record(z.string(), z.unknown());
type Metadata = z.infer<typeof METADATA>;

/** The first line. `message` is null for a revision without one. */
const HEADER = z.object({ version: z.string(), message: z.string().nullish(), user_meta: METADATA.nullish() });

/** A line about an object. What a person said of it is `user_meta` in `meta`; the rest there is quilt3's own. */
const ENTRY = z.object({
  logical_key: z.string().min(1),
  physical_keys: z.tuple([z.string()], z.string()),
  size: z.int().min(0),
  hash: z.object({ type: z.string(), value: z.string() }),
  meta: z.object({ user_meta: METADATA.nullish() }).nullish(),
});

/** A line about a folder, which has metadata and nothing else. */
const FOLDER = z.object({ logical_key: z.string().min(1), physical_keys: z.tuple([]).nullish() });

export type ManifestHeader = {
  readonly version: string;
  readonly message: string | undefined;
  readonly metadata: Metadata;
};

export type ManifestEntry = {
  readonly logicalKey: string;
  readonly size: number;
  readonly hash: { readonly type: string; readonly value: string };
  readonly physicalKey: PhysicalKey;
  readonly metadata: Metadata;
};

/** @throws ToolError `package_invalid` */
export function parseHeader(line: Buffer): ManifestHeader {
  const header = HEADER.safeParse(jsonOf(line));
  if (!header.success) throw invalid('begins with no header of a package');
  const { version, message, user_meta } = header.data;
  return { version, message: message ?? undefined, metadata: user_meta ?? {} };
}

/**
 * @returns `undefined` for the metadata of a folder
 * @throws ToolError `package_invalid`
 */
export function parseEntry(line: Buffer): ManifestEntry | undefined {
  const json = jsonOf(line);
  const entry = ENTRY.safeParse(json);
  if (!entry.success) {
    if (FOLDER.safeParse(json).success) return undefined;
    throw invalid('has a line that is no entry of a package');
  }
  const { logical_key, physical_keys, size, hash, meta } = entry.data;
  return {
    logicalKey: logical_key,
    size,
    hash,
    physicalKey: parsePhysicalKey(physical_keys[0]),
    metadata: meta?.user_meta ?? {},
  };
}

function jsonOf(line: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch {
    throw invalid('has a line that is no JSON');
  }
}

function invalid(sentence: string): ToolError {
  return new ToolError('package_invalid', `The manifest of the package ${sentence}.`);
}

/** Where the bytes of an entry are. */
type PhysicalKey = {
  /** As the manifest has it. */
  readonly url: string;
  /** What the URL names, when it is an object in S3. */
  readonly object?: { readonly bucket: string; readonly key: string; readonly versionId: string | undefined };
};

/**
 * Reads `s3://bucket/key?versionId=…`, with the key percent-encoded, as quilt3 writes it (`PhysicalKey` in
 * `quilt3/util.py`). Nothing is opened: the object may be in a bucket that the caller has no right to.
 */
function parsePhysicalKey(url: string): PhysicalKey {
  const [, bucket, path, query] = /^s3:\/\/([^/?#]+)\/([^?#]*)(?:\?([^#]*))?$/.exec(url) ?? [];
  if (bucket === undefined || path === undefined) return { url };
  try {
    const versionId = new URLSearchParams(query).get('versionId') ?? undefined;
    return { url, object: { bucket, key: decodeURIComponent(path), versionId } };
  } catch {
    return { url };
  }
}
