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
    'Lists the names of the Quilt packages in an S3 bucket, each as namespace/name. Call package_browse to browse ' +
    'one. Use next_cursor to page through long lists.',
  permissions: ['s3:ListBucket'],
  input: z.object({
    bucket: BUCKET,
    prefix: z
      .string()
      .max(512)
      .refine(isWellFormed, 'A prefix must be well-formed Unicode.')
      .default('')
      .describe('Prefix of the names, such as namespace/. Empty for all'),
    limit: limitUpTo(MAX_NAMES),
    cursor: CURSOR,
  }),
  output: z.object({
    bucket: z.string(),
    packages: z.array(z.string()).describe('Package names, in byte order'),
    count: z.int().describe('Number of names on this page'),
    next_cursor: NEXT_CURSOR.describe('Where the next page begins; absent on the last page, regardless of count'),
  }),
  run: async ({ buckets, principal, signal }, { bucket: name, prefix: namePrefix, limit, cursor }) => {
    const open = await buckets.open(principal, name, 'read');
    const scope = ['packages_list', open.bucket, namePrefix];
    // The common prefix of all keys is left out, so that no cursor can leave the listing.
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
