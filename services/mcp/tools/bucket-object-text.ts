import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { OpenBucket } from '../buckets/bucket-access.ts';
import { ToolError } from '../reasons.ts';
import { answerOf, readAtMost, storageErrorOf, unavailable } from '../storage.ts';
import { BUCKET, KEY, VERSION_ID } from './arguments.ts';
import { defineTool } from './define-tool.ts';

/** Enough for any UTF-8 character, so that every call makes progress. */
const MIN_BYTES = 4;
const MAX_BYTES = 256 * 1024;
const DEFAULT_BYTES = 64 * 1024;
const RANGE_NOT_SATISFIABLE = 416;

/** Reads UTF-8 by ranges: requests from S3, and keeps in memory, only the bytes that the caller wants. */
export const bucketObjectText = defineTool({
  name: 'bucket_object_text',
  title: 'Read an object as text',
  description:
    'Reads an object of an S3 bucket as UTF-8 text, in whole or in part. For long objects, continue with next_byte ' +
    'as start_byte. For binary content, use bucket_object_link.',
  permissions: ['s3:GetObject'],
  input: z.object({
    bucket: BUCKET,
    key: KEY,
    version_id: VERSION_ID,
    start_byte: z.int().min(0).default(0).describe('Where to start. A partial character there is left out'),
    max_bytes: z
      .int()
      .min(MIN_BYTES)
      .max(MAX_BYTES)
      .default(DEFAULT_BYTES)
      .describe(`Maximum number of bytes to read, up to ${MAX_BYTES}`),
  }),
  place: 'key',
  output: z.object({
    bucket: z.string(),
    key: z.string(),
    version_id: z.string().optional(),
    etag: z.string().optional().describe('If it changes between two calls, the object changed. Start again'),
    content_type: z.string().optional(),
    size_bytes: z.int().describe('Size of the whole object'),
    start_byte: z.int().describe('Where the text starts'),
    end_byte: z.int().describe('Where it ends, exclusive'),
    next_byte: z.int().optional().describe('start_byte for the next call; absent at the end of the object'),
    text: z.string(),
  }),
  run: async ({ buckets, principal, signal }, { bucket: name, key, version_id, start_byte, max_bytes }) => {
    const open = await buckets.open(principal, name, 'read');
    const object = { bucket: open.bucket, key, version_id };
    const found = await readRange(open, object, { start: start_byte, bytes: max_bytes }, signal);
    if (found === undefined) {
      const end = await endOf(open, object, start_byte, signal);
      return { ...object, ...end, start_byte, end_byte: start_byte, text: '' };
    }
    const bytes = await readAtMost(found.Body, max_bytes, signal);
    const size = sizeOf(found, start_byte);
    requirePlain(found);
    const slice = readTextSlice(bytes, { isStart: start_byte === 0, isEnd: start_byte + bytes.length >= size });
    if (slice === undefined) throw notText('The object is not UTF-8 text');
    const begin = start_byte + slice.skippedBytes;
    const end = begin + slice.usedBytes;
    return {
      ...object,
      version_id: found.VersionId,
      etag: found.ETag,
      content_type: found.ContentType,
      size_bytes: size,
      start_byte: begin,
      end_byte: end,
      ...(end < size && { next_byte: end }),
      text: slice.text,
    };
  },
});

type NamedObject = { readonly bucket: string; readonly key: string; readonly version_id?: string | undefined };

/** @returns `undefined` when the object has no byte at that position */
async function readRange(
  { s3 }: OpenBucket,
  { bucket, key, version_id }: NamedObject,
  { start, bytes }: { readonly start: number; readonly bytes: number },
  signal: AbortSignal,
): Promise<GetObjectCommandOutput | undefined> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    VersionId: version_id,
    Range: `bytes=${start}-${start + bytes - 1}`,
  });
  try {
    return await s3.send(command, { abortSignal: signal });
  } catch (error) {
    const isBehindEnd = error instanceof S3ServiceException && error.$metadata.httpStatusCode === RANGE_NOT_SATISFIABLE;
    if (isBehindEnd) return undefined;
    throw storageErrorOf(error);
  }
}

/** Allows reading at the exact end of an object, which is all of an empty one; refuses a start beyond the end. */
async function endOf({ s3 }: OpenBucket, { bucket, key, version_id }: NamedObject, start: number, signal: AbortSignal) {
  const head = await answerOf(
    s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: version_id }), { abortSignal: signal }),
  );
  const size = head.ContentLength ?? 0;
  if (start > size)
    throw new ToolError('argument_invalid', `start_byte is beyond the end. The object has ${size} bytes.`);
  return { version_id: head.VersionId, etag: head.ETag, content_type: head.ContentType, size_bytes: size };
}

/**
 * The size of the whole object. A storage may ignore the requested range (RFC 9110, 14.2) and send everything, which is correct only
 * for a range that starts at the beginning.
 */
function sizeOf({ ContentRange, ContentLength }: GetObjectCommandOutput, start: number): number {
  if (ContentRange === undefined && start === 0 && ContentLength !== undefined) return ContentLength;
  const [, first, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? '') ?? [];
  if (size === undefined || Number(first) !== start) throw unavailable();
  return Number(size);
}

function requirePlain({ ContentEncoding }: GetObjectCommandOutput): void {
  if (ContentEncoding === undefined || ['', 'identity', 'aws-chunked'].includes(ContentEncoding)) return;
  throw notText('The object is stored in a compressed or otherwise encoded form');
}

function notText(sentence: string): ToolError {
  return new ToolError('object_not_text', `${sentence}. Use bucket_object_link to fetch it.`);
}

/** A range of bytes, decoded. */
type TextSlice = {
  readonly text: string;
  /** Leading bytes of a character that starts before the slice. */
  readonly skippedBytes: number;
  /** Bytes that were decoded; the rest starts a character that continues after the slice. */
  readonly usedBytes: number;
};

/** A character of UTF-8 has at most 4 bytes, 3 of which continue it. */
const MAX_CONTINUATION_BYTES = 3;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Decodes a slice of an object that may start and end within a character.
 *
 * @returns `undefined` for bytes that are not text: not UTF-8, with a NUL (which UTF-16 has and text does not), or with so many
 *   control characters that it would be unreadable and grow several times as JSON
 */
export function readTextSlice(
  bytes: Buffer,
  { isStart, isEnd }: { readonly isStart: boolean; readonly isEnd: boolean },
): TextSlice | undefined {
  const skippedBytes = isStart ? 0 : continuationBytesOf(bytes);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    const text = decoder.decode(bytes.subarray(skippedBytes), { stream: !isEnd });
    if (text.includes('\0') || isMostlyControls(text)) return undefined;
    const hasMark = isStart && text.startsWith(BYTE_ORDER_MARK);
    return { text: hasMark ? text.slice(1) : text, skippedBytes, usedBytes: Buffer.byteLength(text) };
  } catch {
    return undefined;
  }
}

/** More than one in twenty, white space aside; the color codes of a log are fewer. */
function isMostlyControls(text: string): boolean {
  let controls = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) controls += 1;
  }
  return controls * 20 > text.length;
}

function continuationBytesOf(bytes: Buffer): number {
  let count = 0;
  while (count < MAX_CONTINUATION_BYTES && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}
