import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { OpenBucket } from '../buckets/bucket-access.ts';
import { ToolError } from '../reasons.ts';
import { answerOf, chunksOf } from '../storage.ts';
import { manifestKey } from './layout.ts';

/** quilt3 writes lines of up to 1,000,000 bytes by default. */
const MAX_LINE_BYTES = 2 * 1024 * 1024;

type Manifest = {
  /** Bytes from the start position. */
  readonly size: number;
  /** Can be read once. */
  readonly lines: AsyncGenerator<Line>;
  /** Closes the connection, read or not. */
  readonly close: () => void;
};

/**
 * @param topHash a whole one
 * @param from where to begin, in bytes
 * @throws ToolError `package_not_found`, `package_invalid`
 */
export async function openManifest(
  { bucket, s3 }: OpenBucket,
  topHash: string,
  from: number,
  signal: AbortSignal,
): Promise<Manifest> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: manifestKey(topHash),
    ...(from > 0 && { Range: `bytes=${from}-` }),
  });
  const object = await answerOf(s3.send(command, { abortSignal: signal })).catch((error) => {
    if (!(error instanceof ToolError) || error.reason !== 'object_not_found') throw error;
    throw new ToolError('package_not_found', 'The bucket has no manifest with this top hash.');
  });
  const { Body: body } = object;
  return {
    size: object.ContentLength ?? 0,
    lines: linesOf(chunksOf(body, signal), MAX_LINE_BYTES),
    close: () => {
      if (body instanceof Readable) body.destroy();
    },
  };
}

/** One line of a manifest. */
export type Line = {
  readonly bytes: Buffer;
  /** Where the next line begins, in bytes from the start position. */
  readonly end: number;
};

const LINE_FEED = 0x0a;

/**
 * Splits a stream into lines, with one line in memory at a time. Only a line feed ends a line: names and metadata may contain any
 * other character that Unicode calls a line break.
 *
 * @param maxLineBytes maximum length of a line
 * @throws ToolError `package_invalid` for a longer line
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<Line> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let position = 0;
  const finish = (rest: Buffer): Line => {
    const bytes = Buffer.concat([...begun, rest]);
    if (bytes.length > maxLineBytes) throw tooLong(maxLineBytes);
    begun = [];
    begunBytes = 0;
    return { bytes, end: position };
  };
  for await (const chunk of chunks) {
    const base = position;
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      position = base + at + 1;
      yield finish(chunk.subarray(from, at));
      from = at + 1;
    }
    position = base + chunk.length;
    begun.push(chunk.subarray(from));
    begunBytes += chunk.length - from;
    if (begunBytes > maxLineBytes) throw tooLong(maxLineBytes);
  }
  if (begunBytes > 0) yield finish(Buffer.alloc(0));
}

function tooLong(maxLineBytes: number): ToolError {
  return new ToolError('package_invalid', `The manifest has a line longer than ${maxLineBytes} bytes.`);
}
