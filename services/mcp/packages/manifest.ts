import * as z from 'zod';
import { ToolError } from '../reasons.ts';

const METADATA = z.record(z.string(), z.unknown());
type Metadata = z.infer<typeof METADATA>;

/** The first line. `message` is null for a revision without one. */
const HEADER = z.object({ version: z.string(), message: z.string().nullish(), user_meta: METADATA.nullish() });

/** The line of an object. In `meta`, `user_meta` is what a user set; the rest is internal to quilt3. */
const ENTRY = z.object({
  logical_key: z.string().min(1),
  physical_keys: z.tuple([z.string()], z.string()),
  size: z.int().min(0),
  hash: z.object({ type: z.string(), value: z.string() }),
  meta: z.object({ user_meta: METADATA.nullish() }).nullish(),
});

/** The line of a folder, which has only metadata. */
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
  if (!header.success) throw invalid('does not begin with a package header');
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
    throw invalid('has a line that is not a package entry');
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
    throw invalid('has a line that is not JSON');
  }
}

function invalid(sentence: string): ToolError {
  return new ToolError('package_invalid', `The manifest of the package ${sentence}.`);
}

/** The location of an entry's content. */
type PhysicalKey = {
  /** As written in the manifest. */
  readonly url: string;
  /** The S3 object that the URL names, if it names one. */
  readonly object?: { readonly bucket: string; readonly key: string; readonly versionId: string | undefined };
};

/**
 * Parses `s3://bucket/key?versionId=…` with a percent-encoded key, as quilt3 writes it (`PhysicalKey` in `quilt3/util.py`). Does not
 * open the object, which may be in a bucket that the caller cannot access.
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
