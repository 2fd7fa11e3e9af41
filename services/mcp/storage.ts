import { addAbortSignal, Readable } from 'node:stream';
import { type GetObjectCommandOutput, S3ServiceException } from '@aws-sdk/client-s3';
import { ToolError } from './reasons.ts';

const CREDENTIALS_CODES: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
]);
/** What Node and the SDK call a connection that did not come about, or ended early. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);

/** The SDK asks again when an answer is lost, and then meets what it has written. */
const PERHAPS_OURS = ', perhaps the one of this very call: an answer was lost on the way';
const UNAVAILABLE = 'The storage gave no usable answer. Try again in a moment.';

/**
 * Waits for an answer of S3, and tells what went wrong in words for a caller: nothing of the account, its roles or its
 * requests.
 *
 * @param request what was sent
 * @throws ToolError; anything that is not S3's doing is passed on as it is
 */
export async function answerOf<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw storageErrorOf(error);
  }
}

/** What a failed request to S3 means for the caller of a tool. */
export function storageErrorOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ToolError) return error;
  if (error.name === 'AbortError') return cancelled();
  if (CREDENTIALS_CODES.has(error.name)) {
    return new ToolError('credentials_unavailable', 'The credentials for this bucket were not accepted. Try again.');
  }
  if (error instanceof S3ServiceException) return ofAnswer(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return CONNECTION_CODES.has(code) || CONNECTION_CODES.has(error.name) ? unavailable() : error;
}

function cancelled(): ToolError {
  return new ToolError('cancelled', 'The call was cancelled before it was done.');
}

export function unavailable(): ToolError {
  return new ToolError('storage_unavailable', UNAVAILABLE);
}

/**
 * By status first: an answer to HEAD has no body, and so no code.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
function ofAnswer({ name, $metadata: { httpStatusCode: status = 0, attempts = 1 } }: S3ServiceException): ToolError {
  if (name === 'NoSuchBucket') return new ToolError('bucket_not_reachable', 'The bucket does not exist.');
  if (name === 'InvalidObjectState') {
    return new ToolError('object_archived', 'The object is in an archive: somebody has to restore it first.');
  }
  switch (status) {
    case 301:
    case 307:
      return new ToolError('bucket_not_reachable', 'The bucket is in another Region than this deployment reaches.');
    case 400:
    case 416:
      return new ToolError('argument_invalid', 'The storage did not accept the key, the version or another argument.');
    case 401:
    case 403:
      return new ToolError('access_denied', 'The storage refused this: you may not do it, or there is no such object.');
    case 404:
    // A version that is the mark of a deletion.
    case 405:
      return new ToolError('object_not_found', 'There is no such object, or no such version of it.');
    case 412:
      return new ToolError(
        'object_exists',
        `There is an object under this key already${attempts > 1 ? PERHAPS_OURS : ''}.`,
      );
    default:
      return unavailable();
  }
}

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
