import { McpServer, type McpServerFactory } from '@modelcontextprotocol/server';
import type { Logger } from '../shared/logger.ts';
import type { Tool } from './tools/define-tool.ts';

/**
 * Makes MCP servers with the given tools; both eras get the same. The SDK asks for one a request, so that no state can pass
 * from one caller to another.
 */
export function createServerFactory(options: {
  readonly version: string;
  readonly catalogUrl: string;
  readonly tools: readonly Tool[];
  readonly logger: Logger;
}): McpServerFactory {
  const { version, catalogUrl, tools, logger } = options;
  return () => {
    const server = new McpServer(
      { name: 'quilt-mcp', title: 'Quilt', version, websiteUrl: catalogUrl },
      // The list is the same for the life of the task: nothing to subscribe to.
      { capabilities: { tools: { listChanged: false } } },
    );
    for (const tool of tools) tool.register(server, logger);
    return server;
  };
}
