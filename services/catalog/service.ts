import { createLogger, type LogSink } from '../shared/logger.ts';
import type { RunningService } from '../shared/run-service.ts';
import { type Environment, readSettings } from '../shared/settings.ts';
import { startTask } from '../shared/start-task.ts';
import { resolveTaskIdentity } from '../shared/task-identity.ts';
import { loadTrust } from '../shared/trust.ts';
import { createHomePage } from './home-page.ts';
import { createMcpTokenEndpoint } from './mcp-token-endpoint.ts';
import { createPublicConfig } from './public-config.ts';
import { catalogSettings } from './settings.ts';

/**
 * Starts the catalog service.
 *
 * @param environment see `environment.ts` here and in `../shared`
 * @param sink where the log goes instead of standard output
 * @throws StartError with everything that has to be put right
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
