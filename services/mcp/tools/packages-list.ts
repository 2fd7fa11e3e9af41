import * as z from 'zod';
import { listPackageNames } from '../packages/find-packages.ts';
import { pointerPrefix } from '../packages/layout.ts';
import { BUCKET, CURSOR, isWellFormed, limitUpTo, NEXT_CURSOR, readCursor, writeCursor } from './arguments.ts';
import { defineTool } from './define-tool.ts';

const MAX_NAMES = 500;

export const packagesList = defineTool({
  name: 'packages_list',
  title: 'List packages',
  description:
    'Lists the names of the Quilt packages in an S3 bucket, each as namespace/name. Call package_browse to look ' +
    'into one. Pages through long lists with next_cursor.',
  permissions: ['s3:ListBucket'],
  input: z.object({
    bucket: BUCKET,
    prefix: z
      .string()
      .max(512)
      .refine(isWellFormed, 'A prefix has to be well-formed Unicode.')
      .default('')
      .describe('Only names that begin so, such as namespace/. Empty: all'),
    limit: limitUpTo(MAX_NAMES),
    cursor: CURSOR,
  }),
  output: z.object({
    bucket: z.string(),
    packages: z.array(z.string()).describe('Names, in the order of their bytes'),
    count: z.int().describe('Names on this page'),
    next_cursor: NEXT_CURSOR.describe('Where the next page begins; absent on the last page, whatever the count'),
  }),
  run: async ({ buckets, principal, signal }, { bucket: name, prefix: namePrefix, limit, cursor }) => {
    const open = await buckets.open(principal, name, 'read');
    const scope = ['packages_list', open.bucket, namePrefix];
    // The part of the key that every key of the listing has is left out, so that no cursor leads out of it.
    const root = pointerPrefix('');
    const position = readCursor(scope, cursor);
    const startAfter = position === undefined ? undefined : root + position;
    const { names, next } = await listPackageNames(open, { namePrefix, limit, startAfter }, signal);
    return {
      bucket: open.bucket,
      packages: [...names],
      count: names.length,
      ...(next !== undefined && { next_cursor: writeCursor(scope, next.slice(root.length)) }),
    };
  },
});
