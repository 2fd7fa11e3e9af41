import * as z from 'zod';
import { TOKEN_RIGHTS_FIELDS, tokenRightsOf } from '../diagnostics/token-facts.ts';
import { defineTool } from './define-tool.ts';

/** What its caller can do here. */
export const listAvailableResources = defineTool({
  name: 'list_available_resources',
  title: 'What you can do',
  description:
    'Tells what you can do here: each of your S3 buckets with whether this deployment reaches it, and each tool ' +
    'with whether you may call it and which permissions you lack. Call it before a longer task.',
  permissions: [],
  input: z.object({}),
  output: z.object({
    level: z.enum(['read', 'write', 'admin']).describe('The most that you may do with buckets'),
    ...TOKEN_RIGHTS_FIELDS,
  }),
  run: ({ principal: { claims }, buckets, tools }) => ({
    level: claims.level,
    ...tokenRightsOf(claims, buckets, tools),
  }),
});
