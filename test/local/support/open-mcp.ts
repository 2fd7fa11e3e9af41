/**
 * The MCP service with one thing wrong: it verifies no token at all, as an image that a user brings may do. It is healthy, it
 * serves every client, and only a check that must be refused can tell.
 */
import { AUDIENCE, type EnhancedClaims, ISSUER, TOKEN_TYPE } from '../../../auth/claims.ts';
import { createMcpEndpoint } from '../../../services/mcp/mcp-endpoint.ts';
import { Principal } from '../../../services/mcp/principal.ts';
import { createServerFactory } from '../../../services/mcp/server-factory.ts';
import { mcpSettings } from '../../../services/mcp/settings.ts';
import { TOOLS } from '../../../services/mcp/tools/all-tools.ts';
import { createLogger } from '../../../services/shared/logger.ts';
import { runService } from '../../../services/shared/run-service.ts';
import { readSettings } from '../../../services/shared/settings.ts';
import { startTask } from '../../../services/shared/start-task.ts';
import { loadTrust } from '../../../services/shared/trust.ts';

const NOBODY: EnhancedClaims = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'nobody',
  iat: 0,
  nbf: 0,
  exp: Number.MAX_SAFE_INTEGER,
  jti: 'none',
  scope: 'read',
  level: 'read',
  roles: [],
  permissions: [],
  buckets: [],
  token_type: TOKEN_TYPE,
};

/** What the token says, believed unseen. */
function believe(token: string): EnhancedClaims {
  try {
    return { ...NOBODY, ...JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) };
  } catch {
    return NOBODY;
  }
}

await runService('mcp', async (environment) => {
  const settings = await readSettings(environment, mcpSettings);
  const { verificationKeys } = await loadTrust(settings);
  const logger = createLogger({ service: 'mcp', version: settings.version, level: settings.logLevel });
  const endpoint = createMcpEndpoint({
    authenticate: async (token) => ({
      principal: new Principal(believe(token), [...verificationKeys.keys()][0] ?? ''),
      cacheHit: false,
      acceptedUntil: NOBODY.exp,
    }),
    createServer: createServerFactory({ ...settings, tools: TOOLS, logger }),
    logger,
  });
  return startTask({
    settings,
    logger,
    keyIds: [...verificationKeys.keys()],
    routes: new Map([
      ['/mcp', endpoint],
      ['/mcp/', endpoint],
    ]),
  });
});
