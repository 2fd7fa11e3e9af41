import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { OpenBucket } from '../buckets/bucket-access.ts';
import { belongsToPackages } from '../packages/layout.ts';
import { ToolError } from '../reasons.ts';
import { answerOf } from '../storage.ts';
import { BUCKET, isWellFormed, KEY } from './arguments.ts';
import { defineTool } from './define-tool.ts';

const MAX_OBJECTS = 20;
/** As base64, this still fits into a request, which has at most 4 MiB. */
const MAX_TOTAL_BYTES = 2 * 1024 * 1024;
/** A media type with parameters, in characters that a header can carry (RFC 9110, 8.3). */
const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;[\x20-\x7e]*)?$/;
const DEFAULT_CONTENT_TYPE = { text: 'text/plain; charset=utf-8', base64: 'application/octet-stream' };

type NewObject = { readonly key: string; readonly body: Buffer; readonly contentType: string };

const OUTCOME = z.object({
  key: z.string(),
  written: z.boolean(),
  size_bytes: z.int(),
  etag: z.string().optional(),
  version_id: z.string().optional(),
  reason: z.string().optional().describe('Why the object was not written'),
  message: z.string().optional(),
});
type Outcome = z.infer<typeof OUTCOME>;

/** Writes small objects. Existing objects are kept unless the caller says otherwise. */
export const bucketObjectsPut = defineTool({
  name: 'bucket_objects_put',
  title: 'Write objects',
  description:
    `Writes up to ${MAX_OBJECTS} small objects into an S3 bucket, at most ${MAX_TOTAL_BYTES} bytes in total. An existing ` +
    'object is refused with object_exists unless overwrite is true: ask the user before you set it.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  permissions: ['s3:PutObject', 's3:PutObjectAcl', 's3:AbortMultipartUpload'],
  input: z.object({
    bucket: BUCKET,
    objects: z
      .array(
        z.object({
          key: KEY,
          content: z.string(),
          encoding: z.enum(['text', 'base64']).default('text').describe('Encoding of content'),
          content_type: z
            .string()
            .max(255)
            .regex(CONTENT_TYPE)
            .optional()
            .describe('Media type. Defaults to plain UTF-8 text, or to bytes for base64'),
        }),
      )
      .min(1)
      .max(MAX_OBJECTS)
      .describe(`Objects to write, up to ${MAX_OBJECTS}`),
    overwrite: z
      .boolean()
      .default(false)
      .describe('Replace existing objects. In a bucket without versioning they are lost'),
  }),
  output: z.object({
    bucket: z.string(),
    objects: z.array(OUTCOME).describe('In the order of the call'),
    written: z.int(),
    failed: z.int(),
  }),
  run: async ({ buckets, principal, signal }, { bucket: name, objects: wanted, overwrite }) => {
    const objects = wanted.map(({ key, content, encoding, content_type }) => ({
      key,
      body: bytesOf(key, content, encoding),
      contentType: content_type ?? DEFAULT_CONTENT_TYPE[encoding],
    }));
    requireWritable(objects);
    const open = await buckets.open(principal, name, 'write');
    const outcomes: Outcome[] = [];
    let firstFailure: ToolError | undefined;
    // In sequence: when a write fails, the objects written so far are the beginning of the list.
    for (const object of objects) {
      try {
        outcomes.push(await write(open, object, overwrite, signal));
      } catch (error) {
        if (!(error instanceof ToolError) || error.reason === 'cancelled') throw error;
        firstFailure ??= error;
        const { reason, message } = error;
        outcomes.push({ key: object.key, written: false, size_bytes: object.body.length, reason, message });
      }
    }
    const written = outcomes.filter((outcome) => outcome.written).length;
    if (written === 0 && firstFailure !== undefined) throw firstFailure;
    return { bucket: open.bucket, objects: outcomes, written, failed: outcomes.length - written };
  },
});

function bytesOf(key: string, content: string, encoding: 'text' | 'base64'): Buffer {
  const bytes = Buffer.from(content, encoding === 'text' ? 'utf8' : 'base64');
  // Node skips what it cannot decode, which would change the object.
  const isWhole = encoding === 'text' ? isWellFormed(content) : bytes.toString('base64') === content;
  if (!isWhole) throw new ToolError('argument_invalid', `The content for ${key} is not ${encoding}.`);
  return bytes;
}

function requireWritable(objects: readonly NewObject[]): void {
  const total = objects.reduce((sum, { body }) => sum + body.length, 0);
  if (total > MAX_TOTAL_BYTES) {
    const message = `The objects have ${total} bytes in total, more than ${MAX_TOTAL_BYTES}. Use several calls.`;
    throw new ToolError('object_too_large', message);
  }
  if (new Set(objects.map(({ key }) => key)).size < objects.length) {
    throw new ToolError('argument_invalid', 'Two of the objects have the same key.');
  }
  const taken = objects.find(({ key }) => belongsToPackages(key));
  if (taken !== undefined) {
    throw new ToolError(
      'argument_invalid',
      `${taken.key} belongs to the packages of the bucket, which this tool does not write.`,
    );
  }
}

async function write(
  { bucket, s3 }: OpenBucket,
  object: NewObject,
  overwrite: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  const { key, body, contentType } = object;
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: body,
    ContentType: contentType,
    // S3 decides at the moment of writing: a check beforehand could race with another writer.
    ...(!overwrite && { IfNoneMatch: '*' }),
  });
  const answer = await answerOf(s3.send(command, { abortSignal: signal }));
  return { key, written: true, size_bytes: body.length, etag: answer.ETag, version_id: answer.VersionId };
}
