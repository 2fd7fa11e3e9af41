/**
 * The MCP service as an image that a user brings may be: it knows the signing secret alone and not the set of accepted keys. It
 * serves well until a rotation asks it to accept the next key too.
 */
import { findKeyOfSecret, parseKeySet, serializeKeySet } from '../../../auth/key-set.ts';
import { MCP_ENHANCED_JWT_KEYS, MCP_ENHANCED_JWT_SECRET } from '../../../contract/service-variables.ts';
import { startMcpService } from '../../../services/mcp/service.ts';
import { runService } from '../../../services/shared/run-service.ts';

await runService('mcp', async (environment) => {
  const set = await parseKeySet(environment[MCP_ENHANCED_JWT_KEYS]);
  const key = findKeyOfSecret(set, environment[MCP_ENHANCED_JWT_SECRET] ?? '');
  return startMcpService({ ...environment, [MCP_ENHANCED_JWT_KEYS]: serializeKeySet({ keys: key ? [key] : [] }) });
});
