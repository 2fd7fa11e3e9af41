import { addAbortSignal, Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { cancelled, unavailable } from './storage-errors.ts';

/**
 * The content of an object as it arrives. Whoever stops reading closes the connection with that: what was not asked for
 * is not fetched.
 *
 * @throws ToolError `storage_unavailable` when it breaks off, `cancelled` when nobody waits any more
 */
export async function* chunksOf(body: GetObjectCommandOutput['Body'], signal: AbortSignal): AsyncGenerator<Buffer> {
  if (!(body instanceof Readable)) throw unavailable();
  try {
    yield* addAbortSignal(signal, body);
  } catch {
    // Whatever the stream calls it, there is nothing more to come.
    throw signal.aborted ? cancelled() : unavailable();
  } finally {
    body.destroy();
  }
}

/**
 * Reads the content of an object into memory, and no more of it than was asked for, whatever S3 sends.
 *
 * @param limit bytes
 */
export async function readAtMost(
  body: GetObjectCommandOutput['Body'],
  limit: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(body, signal)) {
    chunks.push(chunk.subarray(0, limit - length));
    length += chunk.length;
    if (length >= limit) break;
  }
  return Buffer.concat(chunks);
}
