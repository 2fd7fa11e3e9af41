import { HeadObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { answerOf } from '../storage.ts';
import { BUCKET, KEY, VERSION_ID } from './arguments.ts';
import { defineTool } from './define-tool.ts';

export const bucketObjectInfo = defineTool({
  name: 'bucket_object_info',
  title: 'Describe an object',
  description:
    'Shows the size, content type, last-modified time, version and metadata of one object in an S3 bucket, ' +
    'without its content.',
  permissions: ['s3:GetObject', 's3:GetObjectVersion'],
  input: z.object({ bucket: BUCKET, key: KEY, version_id: VERSION_ID }),
  place: 'key',
  output: z.object({
    bucket: z.string(),
    key: z.string(),
    size_bytes: z.int(),
    last_modified: z.iso.datetime().optional(),
    content_type: z.string().optional(),
    content_encoding: z.string().optional(),
    etag: z.string().optional(),
    version_id: z.string().optional().describe('Absent when the bucket is not versioned'),
    storage_class: z.string().describe('S3 storage class, such as STANDARD'),
    metadata: z.record(z.string(), z.string()).describe('User-defined metadata of the object'),
  }),
  run: async ({ buckets, principal, signal }, { bucket: name, key, version_id }) => {
    const { bucket, s3 } = await buckets.open(principal, name, 'read');
    const head = await answerOf(
      s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: version_id }), { abortSignal: signal }),
    );
    return {
      bucket,
      key,
      size_bytes: head.ContentLength ?? 0,
      last_modified: head.LastModified?.toISOString(),
      content_type: head.ContentType,
      content_encoding: head.ContentEncoding,
      etag: head.ETag,
      version_id: head.VersionId,
      storage_class: head.StorageClass ?? 'STANDARD',
      metadata: head.Metadata ?? {},
    };
  },
});
