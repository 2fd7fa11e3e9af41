import * as z from 'zod';
import { defineTool } from './define-tool.ts';

/** Answers from the token alone: what it carries is what every other tool will accept. */
export const discoverBuckets = defineTool({
  name: 'discover_buckets',
  title: 'Discover buckets',
  description:
    'Lists the S3 buckets that you may use, and at which level. Call it first, to learn which bucket names other ' +
    'tools accept.',
  permissions: [],
  input: z.object({}),
  output: z.object({
    buckets: z.array(z.string()).describe('Bucket names; the single entry * stands for every bucket of the catalog'),
    count: z.int().describe('Number of entries'),
    level: z.enum(['read', 'write', 'admin']).describe('The most that you may do with them'),
  }),
  run: ({ principal: { claims } }) => ({
    buckets: [...claims.buckets],
    count: claims.buckets.length,
    level: claims.level,
  }),
});
