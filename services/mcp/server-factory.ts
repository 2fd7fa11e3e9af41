import { McpServer, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import { type CreateServer, MODERN_REVISION } from './protocol/warm-servers.ts';
import { checkTools } from './tools/check-tools.ts';
import type { Tool, ToolServices } from './tools/define-tool.ts';

/**
 * Makes MCP servers with the given tools; both eras get the same.
 *
 * @throws StartError naming each tool that cannot work
 */
export function createServerFactory(options: {
  readonly version: string;
  readonly catalogUrl: string;
  readonly tools: readonly Tool[];
  readonly services: Omit<ToolServices, 'tools'>;
}): CreateServer {
  const { version, catalogUrl, tools } = options;
  checkTools(tools);
  const services = { ...options.services, tools };
  return (era) => {
    const server = new McpServer(
      { name: 'quilt-mcp', title: 'Quilt', version, websiteUrl: catalogUrl },
      {
        // The list is the same for the life of the task: nothing to subscribe to.
        capabilities: { tools: { listChanged: false } },
        ...(era === 'modern' && { supportedProtocolVersions: [...SUPPORTED_PROTOCOL_VERSIONS, MODERN_REVISION] }),
      },
    );
    for (const tool of tools) tool.register(server, services);
    return server;
  };
}
