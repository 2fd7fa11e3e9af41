import { MAX_LIFETIME_SECONDS } from '../../auth/claims.ts';
import { DEFAULT_LIFETIME_SECONDS } from '../../auth/mint-enhanced-token.ts';
import { parseRoleTable } from '../../auth/role-table.ts';
import {
  QUILT_CATALOG_URL,
  QUILT_MCP_PATH,
  QUILT_REGISTRY_URL,
  QUILT_ROLES,
  QUILT_TOKEN_LIFETIME_SECONDS,
} from '../../contract/service-variables.ts';
import { createLogger, type LogSink } from '../shared/logger.ts';
import { type RunningService, resolveTaskIdentity, startTask } from '../shared/run-service.ts';
import { authSetting, loadTrust, serviceSettings } from '../shared/service-settings.ts';
import { type Environment, readSettings, urlPath, webUrl, wholeNumber } from '../shared/settings.ts';
import { createMcpTokenEndpoint } from './mcp-token-endpoint.ts';
import { createHomePage, createPublicConfig } from './public-pages.ts';

/**
 * Starts the catalog service.
 *
 * @param environment see `catalogSettings` below and `../shared/service-settings.ts`
 * @param sink receives the log instead of standard output
 * @throws StartError listing every problem to fix
 */
export async function startCatalogService(environment: Environment, sink?: LogSink): Promise<RunningService> {
  const settings = await readSettings(environment, catalogSettings);
  const { signingKey } = await loadTrust(settings);
  const { catalogUrl, mcpPath, registryUrl, version } = settings;
  const logger = createLogger({ service: 'catalog', version, level: settings.logLevel, sink });
  const mcpEndpoint = `${catalogUrl}${mcpPath}`;

  return startTask({
    settings,
    identity: await resolveTaskIdentity(settings.metadataUri),
    logger,
    keyIds: [signingKey.keyId],
    routes: new Map([
      ['/', createHomePage({ version, mcpEndpoint })],
      ['/config.json', createPublicConfig({ mcpEndpoint, registryUrl, version })],
      ['/api/auth/mcp_token', createMcpTokenEndpoint({ ...settings, signingKey, logger })],
    ]),
  });
}

/** The settings of the catalog service. */
const catalogSettings = {
  ...serviceSettings,
  catalogUrl: webUrl(QUILT_CATALOG_URL),
  registryUrl: webUrl(QUILT_REGISTRY_URL),
  roles: authSetting(QUILT_ROLES, parseRoleTable),
  lifetimeSeconds: wholeNumber(QUILT_TOKEN_LIFETIME_SECONDS, {
    minimum: 1,
    maximum: MAX_LIFETIME_SECONDS,
    fallback: DEFAULT_LIFETIME_SECONDS,
  }),
  mcpPath: urlPath(QUILT_MCP_PATH, '/mcp'),
};
