import { McpServer, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import { type CreateServer, MODERN_REVISION } from './protocol/warm-servers.ts';
import type { Tool, ToolServices } from './tools/define-tool.ts';

/** Makes MCP servers with the given tools; both eras get the same. */
export function createServerFactory(options: {
  readonly version: string;
  readonly catalogUrl: string;
  readonly tools: readonly Tool[];
  readonly services: ToolServices;
}): CreateServer {
  const { version, catalogUrl, tools, services } = options;
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
