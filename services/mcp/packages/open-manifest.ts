import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { OpenBucket } from '../buckets/bucket-access.ts';
import { chunksOf } from '../storage/read-at-most.ts';
import { answerOf } from '../storage/storage-errors.ts';
import { ToolError } from '../tool-error.ts';
import { manifestKey } from './layout.ts';
import { type Line, linesOf } from './lines-of.ts';

/** quilt3 writes lines of up to 1,000,000 bytes, unless it is told otherwise. */
const MAX_LINE_BYTES = 2 * 1024 * 1024;

export type Manifest = {
  /** Bytes from where the reading begins. */
  readonly size: number;
  /** To be read once. */
  readonly lines: AsyncGenerator<Line>;
  /** Ends the connection, whether anything was read from it or not. */
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
