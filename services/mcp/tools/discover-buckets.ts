import * as z from 'zod';
import { defineTool } from './define-tool.ts';

/** Answers from the token alone, as every other tool does when it checks a bucket. */
export const discoverBuckets = defineTool({
  name: 'discover_buckets',
  title: 'Discover buckets',
  description:
    'Lists the S3 buckets that you can use, and your access level. Call it first to learn which bucket names other ' +
    'tools accept.',
  permissions: [],
  input: z.object({}),
  output: z.object({
    buckets: z.array(z.string()).describe('Bucket names. The single entry * means every bucket of the catalog'),
    count: z.int().describe('Number of entries'),
    level: z.enum(['read', 'write', 'admin']).describe('Your access level for these buckets'),
  }),
  run: ({ principal: { claims } }) => ({
    buckets: [...claims.buckets],
    count: claims.buckets.length,
    level: claims.level,
  }),
});
