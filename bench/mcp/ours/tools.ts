import * as z from 'zod';
import { defineTool, type Tool } from '../../../services/mcp/tools/define-tool.ts';

const schema = z.object({ text: z.string() });

const echo = defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Says what it is told.',
  permissions: [],
  input: schema,
  output: schema,
  run: (_context, { text }) => ({ text }),
});

/** Stands for the tools of the service in the bundle that is measured. */
export const TOOLS: readonly Tool[] = [echo];
