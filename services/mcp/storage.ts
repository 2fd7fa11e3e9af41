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
/** Error codes of Node and the SDK for a connection that failed or ended early. */
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

/** The SDK retries when a response is lost, and can then find the object that it wrote. */
const PERHAPS_OURS = ', perhaps written by this call: a response was lost';
const UNAVAILABLE = 'S3 did not return a usable response. Try again in a moment.';

/**
 * Waits for an S3 response and maps errors to messages for the caller, which name nothing of the account, its roles or its requests.
 *
 * @param request in progress
 * @throws ToolError; errors that are not from S3 pass through unchanged
 */
export async function answerOf<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw storageErrorOf(error);
  }
}

/** Maps the error of an S3 request to the error for a tool's caller. */
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
  return new ToolError('cancelled', 'The call was cancelled before it completed.');
}

export function unavailable(): ToolError {
  return new ToolError('storage_unavailable', UNAVAILABLE);
}

/**
 * Maps by status first: a HEAD response has no body, so no error code.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
function ofAnswer({ name, $metadata: { httpStatusCode: status = 0, attempts = 1 } }: S3ServiceException): ToolError {
  if (name === 'NoSuchBucket') return new ToolError('bucket_not_reachable', 'The bucket does not exist.');
  if (name === 'InvalidObjectState') {
    return new ToolError('object_archived', 'The object is archived. Restore it before you read it.');
  }
  switch (status) {
    case 301:
    case 307:
      return new ToolError('bucket_not_reachable', 'The bucket is in a Region that this deployment cannot reach.');
    case 400:
    case 416:
      return new ToolError('argument_invalid', 'S3 did not accept the key, the version or another argument.');
    case 401:
    case 403:
      return new ToolError('access_denied', 'S3 denied access: you lack the permission, or the object does not exist.');
    case 404:
    // The version is a delete marker.
    case 405:
      return new ToolError('object_not_found', 'The object does not exist, or has no such version.');
    case 412:
      return new ToolError(
        'object_exists',
        `An object with this key already exists${attempts > 1 ? PERHAPS_OURS : ''}.`,
      );
    default:
      return unavailable();
  }
}

/**
 * Streams the content of an object. Ending the iteration closes the connection, so the rest is not fetched.
 *
 * @throws ToolError `storage_unavailable` when the stream breaks off, `cancelled` when the call was cancelled
 */
export async function* chunksOf(body: GetObjectCommandOutput['Body'], signal: AbortSignal): AsyncGenerator<Buffer> {
  if (!(body instanceof Readable)) throw unavailable();
  try {
    yield* addAbortSignal(signal, body);
  } catch {
    // Whatever the error of the stream, no more data follows.
    throw signal.aborted ? cancelled() : unavailable();
  } finally {
    body.destroy();
  }
}

/**
 * Reads the content of an object into memory, up to a limit, however much S3 sends.
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
