import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { answerOf } from '../storage.ts';
import { BUCKET, CURSOR, isWellFormed, limitUpTo, NEXT_CURSOR, readCursor, writeCursor } from './arguments.ts';
import { defineTool } from './define-tool.ts';

/** S3's own limit: one page is one request. */
const MAX_ENTRIES = 1000;

/** Lists a bucket in the order of S3: by the bytes of the keys. */
export const bucketObjectsList = defineTool({
  name: 'bucket_objects_list',
  title: 'List objects of a bucket',
  description:
    'Lists the objects of an S3 bucket under a prefix: one level of folders and objects, or all levels with ' +
    'recursive. Use next_cursor to page through long listings.',
  permissions: ['s3:ListBucket', 's3:GetBucketLocation'],
  input: z.object({
    bucket: BUCKET,
    prefix: z
      .string()
      .max(1024)
      .refine(isWellFormed, 'A prefix must be well-formed Unicode.')
      .default('')
      .describe('Prefix of the keys. End it with / to list a folder. Empty for the top of the bucket'),
    recursive: z.boolean().default(false).describe('List all keys under the prefix instead of one level of folders'),
    limit: limitUpTo(MAX_ENTRIES),
    cursor: CURSOR,
  }),
  place: 'prefix',
  output: z.object({
    bucket: z.string(),
    prefix: z.string(),
    folders: z.array(z.string()).describe('Prefixes one level below. Pass one as prefix to list it'),
    objects: z.array(
      z.object({
        key: z.string(),
        size_bytes: z.int(),
        last_modified: z.iso.datetime().optional(),
        etag: z.string().optional(),
        storage_class: z.string().optional(),
      }),
    ),
    count: z.int().describe('Number of folders and objects on this page'),
    next_cursor: NEXT_CURSOR,
  }),
  run: async ({ buckets, principal, signal }, { bucket: name, prefix, recursive, limit, cursor }) => {
    const { bucket, s3 } = await buckets.open(principal, name, 'read');
    const scope = ['bucket_objects_list', bucket, prefix, recursive];
    const page = await answerOf(
      s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          MaxKeys: limit,
          ContinuationToken: readCursor(scope, cursor),
          ...(!recursive && { Delimiter: '/' }),
        }),
        { abortSignal: signal },
      ),
    );
    const folders = (page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []);
    const objects = (page.Contents ?? []).map(describe);
    const next = page.IsTruncated ? page.NextContinuationToken : undefined;
    return {
      bucket,
      prefix,
      folders,
      objects,
      count: folders.length + objects.length,
      ...(next !== undefined && { next_cursor: writeCursor(scope, next) }),
    };
  },
});

function describe(object: NonNullable<ListObjectsV2CommandOutput['Contents']>[number]) {
  return {
    key: object.Key ?? '',
    size_bytes: object.Size ?? 0,
    last_modified: object.LastModified?.toISOString(),
    etag: object.ETag,
    storage_class: object.StorageClass,
  };
}
