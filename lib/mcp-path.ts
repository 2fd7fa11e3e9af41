import type { EnvironmentConfig } from '../config/schema.ts';

/**
 * Where the MCP service answers below the public URL, without a final slash; everything under it belongs to it too.
 *
 * The canary and the rotation ask at the path as it is configured instead, since the other spelling may be a redirect.
 */
export function mcpPath({ services: { mcp } }: Pick<EnvironmentConfig, 'services'>): string {
  return mcp.path.replace(/\/$/, '');
}
