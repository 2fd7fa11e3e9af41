import * as z from 'zod';
import { TOKEN_RIGHTS_FIELDS, tokenRightsOf } from '../diagnostics/token-rights.ts';
import { defineTool, type Tool } from './define-tool.ts';

const NAME = 'list_available_resources';

/**
 * Makes the tool that tells what its caller can do.
 *
 * @param others every other tool of the service
 */
export function createListAvailableResources(others: readonly Tool[]): Tool {
  const names = [...others.map(({ name }) => name), NAME].sort();
  return defineTool({
    name: NAME,
    title: 'What you can do',
    description:
      'Tells what you can do here: each of your S3 buckets with whether this deployment reaches it, and each tool ' +
      'with whether you may call it and which permissions you lack. Call it before a longer task.',
    input: z.object({}),
    output: z.object({
      level: z.enum(['read', 'write', 'admin']).describe('The most that you may do with buckets'),
      ...TOKEN_RIGHTS_FIELDS,
    }),
    run: ({ principal: { claims }, buckets }) => ({ level: claims.level, ...tokenRightsOf(claims, buckets, names) }),
  });
}
