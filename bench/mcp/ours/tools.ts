import * as z from 'zod';
import { TOOL_PERMISSIONS } from '../../../auth/tool-permissions.ts';
import { defineTool, type Tool } from '../../../services/mcp/tools/define-tool.ts';

// A tool without an entry is refused, here as everywhere.
(TOOL_PERMISSIONS as Map<string, readonly string[]>).set('echo', []);

const schema = z.object({ text: z.string() });

const echo = defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Says what it is told.',
  input: schema,
  output: schema,
  run: (_context, { text }) => ({ text }),
});

/** Stands for the tools of the service in the bundle that is measured. */
export const TOOLS: readonly Tool[] = [echo];
