/** Where the MCP service answers below the public URL; everything under it belongs to it too. */
export const MCP_PATH = '/mcp';
