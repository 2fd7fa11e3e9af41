import * as z from 'zod';
import { TOKEN_RIGHTS_FIELDS, tokenRightsOf } from '../diagnostics/token-facts.ts';
import { defineTool } from './define-tool.ts';

/** Lists what the caller can do in this deployment. */
export const listAvailableResources = defineTool({
  name: 'list_available_resources',
  title: 'What you can do',
  description:
    'Shows what you can do here: each of your S3 buckets and whether this deployment reaches it, and each tool and ' +
    'whether you can call it or which permissions you lack. Call it before a longer task.',
  permissions: [],
  input: z.object({}),
  output: z.object({
    level: z.enum(['read', 'write', 'admin']).describe('Your access level for buckets'),
    ...TOKEN_RIGHTS_FIELDS,
  }),
  run: ({ principal: { claims }, buckets, tools }) => ({
    level: claims.level,
    ...tokenRightsOf(claims, buckets, tools),
  }),
});
