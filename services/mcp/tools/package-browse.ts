import * as z from 'zod';
import type { OpenBucket } from '../buckets/bucket-access.ts';
import { completeTopHash, readPointer } from '../packages/find-packages.ts';
import { isPackageName, isTopHash } from '../packages/layout.ts';
import { type ManifestEntry, type ManifestHeader, parseHeader } from '../packages/manifest.ts';
import { type Line, openManifest } from '../packages/open-manifest.ts';
import { readPage } from '../packages/read-page.ts';
import { ToolError } from '../reasons.ts';
import { BUCKET, CURSOR, cursorInvalid, limitUpTo, NEXT_CURSOR, readCursor, writeCursor } from './arguments.ts';
import { defineTool } from './define-tool.ts';

const MAX_ENTRIES = 500;
const MAX_PAGE_BYTES = 256 * 1024;
/** Larger metadata is left out and marked as omitted: a model has no use for it, and pages stay small. */
const MAX_METADATA_BYTES = 16 * 1024;
/** About 80,000 entries: half a second of CPU time, in small pieces. Longer manifests are not counted. */
const MAX_SCAN_BYTES = 32 * 1024 * 1024;
/** The year 5138. */
const MAX_TIMESTAMP = 99_999_999_999;

const METADATA = z.record(z.string(), z.unknown()).optional();
const METADATA_OMITTED = z.boolean().optional().describe(`The metadata is longer than ${MAX_METADATA_BYTES} bytes`);

const ENTRY = z.object({
  logical_key: z.string().describe('Path within the package'),
  size_bytes: z.int(),
  hash_type: z.string(),
  hash: z.string(),
  physical_key: z.string().describe('URL of the object'),
  bucket: z
    .string()
    .optional()
    .describe('Bucket of the object. It can differ from that of the package, and you may have no access to it'),
  key: z.string().optional(),
  version_id: z.string().optional(),
  metadata: METADATA,
  metadata_omitted: METADATA_OMITTED,
});
type Entry = z.infer<typeof ENTRY>;

/** Reads a manifest line by line and never opens the objects that it points to. */
export const packageBrowse = defineTool({
  name: 'package_browse',
  title: 'Browse a package',
  description:
    'Shows the entries of one revision of a Quilt package: paths, sizes, hashes and object locations. Shows the latest ' +
    'revision unless top_hash or timestamp names another; to list the timestamps, call bucket_objects_list with prefix ' +
    '.quilt/named_packages/NAMESPACE/NAME/. The first page includes message, metadata and totals. To read an entry, pass ' +
    'its bucket, key and version_id to bucket_object_text or bucket_object_link.',
  permissions: ['s3:ListBucket', 's3:GetObject'],
  input: z.object({
    bucket: BUCKET,
    package: z
      .string()
      .max(512)
      .refine(isPackageName, 'A package name must be namespace/name, of letters, digits, _ and -.')
      .describe('namespace/name, as packages_list shows it'),
    top_hash: z
      .string()
      .regex(/^[0-9a-f]{6,64}$/)
      .optional()
      .describe(
        'Top hash of a revision, or at least its first 6 digits. Searched in the whole bucket, regardless of the name',
      ),
    timestamp: z.int().min(0).max(MAX_TIMESTAMP).optional().describe('Revision pushed in this second since the epoch'),
    prefix: z.string().max(1024).default('').describe('Prefix of the paths. End it with / for one folder'),
    include_metadata: z.boolean().default(false).describe('Include the metadata of each entry'),
    limit: limitUpTo(MAX_ENTRIES),
    cursor: CURSOR,
  }),
  output: z.object({
    bucket: z.string(),
    package: z.string(),
    top_hash: z.string(),
    message: z.string().optional().describe('Commit message of the revision'),
    metadata: METADATA.describe('Metadata of the package'),
    metadata_omitted: METADATA_OMITTED,
    total_entries: z
      .int()
      .optional()
      .describe('Number of entries that match the prefix; absent on later pages and for very large packages'),
    total_size_bytes: z.int().optional(),
    entries: z.array(ENTRY),
    count: z.int().describe('Number of entries on this page. It can be 0 before the last page'),
    next_cursor: NEXT_CURSOR,
  }),
  run: async (context, input) => {
    const { signal } = context;
    const { package: packageName, top_hash, timestamp, prefix, include_metadata, limit } = input;
    if (top_hash !== undefined && timestamp !== undefined) {
      throw new ToolError('argument_invalid', 'Specify top_hash or timestamp, not both.');
    }
    const open = await context.buckets.open(context.principal, input.bucket, 'read');
    const scope = ['package_browse', open.bucket, packageName, top_hash, timestamp, prefix];
    const position = readPosition(readCursor(scope, input.cursor));
    const topHash = position?.topHash ?? (await findRevision(open, input, signal));
    const from = position?.from ?? 0;

    const manifest = await openManifest(open, topHash, from, signal);
    const size = from + manifest.size;
    try {
      if (position !== undefined && position.size !== size) throw writtenAnew();
      const header = from === 0 ? await readHeader(manifest.lines) : undefined;
      const page = await readPage<Entry>(manifest.lines, {
        prefix,
        limit,
        maxPageBytes: MAX_PAGE_BYTES,
        maxScanBytes: MAX_SCAN_BYTES,
        count: from === 0 && size <= MAX_SCAN_BYTES,
        view: (entry) => viewOf(entry, include_metadata),
      });
      return {
        bucket: open.bucket,
        package: packageName,
        top_hash: topHash,
        ...(header && { message: header.message, ...shown(header.metadata) }),
        ...(page.totals && { total_entries: page.totals.entries, total_size_bytes: page.totals.bytes }),
        entries: [...page.entries],
        count: page.entries.length,
        ...(page.next !== undefined && { next_cursor: writeCursor(scope, `${topHash}:${from + page.next}:${size}`) }),
      };
    } finally {
      manifest.close();
    }
  },
});

async function findRevision(
  open: OpenBucket,
  {
    package: packageName,
    top_hash,
    timestamp,
  }: { package: string; top_hash?: string | undefined; timestamp?: number | undefined },
  signal: AbortSignal,
): Promise<string> {
  if (top_hash !== undefined) return completeTopHash(open, top_hash, signal);
  return readPointer(open, packageName, timestamp === undefined ? 'latest' : String(timestamp), signal);
}

function readPosition(position: string | undefined) {
  if (position === undefined) return undefined;
  const [topHash = '', from = '', size = ''] = position.split(':');
  if (!isTopHash(topHash) || ![from, size].every((number) => /^[1-9]\d{0,14}$/.test(number))) throw cursorInvalid();
  return { topHash, from: Number(from), size: Number(size) };
}

/** A top hash does not cover physical keys: the same one can be pushed again with other, longer locations. */
function writtenAnew(): ToolError {
  return new ToolError(
    'argument_invalid',
    'The manifest was rewritten since the first page. Start again without cursor.',
  );
}

async function readHeader(lines: AsyncGenerator<Line>): Promise<ManifestHeader> {
  const { value, done } = await lines.next();
  if (done) throw new ToolError('package_invalid', 'The manifest of the package is empty.');
  return parseHeader(value.bytes);
}

function viewOf({ logicalKey, size, hash, physicalKey, metadata }: ManifestEntry, includeMetadata: boolean): Entry {
  const { url, object } = physicalKey;
  return {
    logical_key: logicalKey,
    size_bytes: size,
    hash_type: hash.type,
    hash: hash.value,
    physical_key: url,
    ...(object && { bucket: object.bucket, key: object.key, version_id: object.versionId }),
    ...(includeMetadata && shown(metadata)),
  };
}

function shown(metadata: Record<string, unknown>) {
  const isShort = JSON.stringify(metadata).length <= MAX_METADATA_BYTES;
  return isShort ? { metadata } : { metadata_omitted: true };
}
