import type { RequestHandler } from '../shared/http-server.ts';
import { requireMethod } from '../shared/require-method.ts';
import { sendJson } from '../shared/send-json.ts';

/**
 * What a browser has to know. Anyone can read it, so its parameters are all that it can hold: no settings object comes near
 * it, and with that no secret.
 */
export function createPublicConfig(options: {
  readonly mcpEndpoint: string;
  readonly registryUrl: string;
  readonly version: string;
}): RequestHandler {
  const { mcpEndpoint, registryUrl, version } = options;
  const config = { mcpEndpoint, registryUrl, version, features: { mcp: true } };
  return ({ request, response }) => {
    requireMethod(request, ['GET', 'HEAD']);
    sendJson(response, 200, config, { 'cache-control': 'no-cache' });
  };
}
