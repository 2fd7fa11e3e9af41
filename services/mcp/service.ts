import { createLogger, type LogSink } from '../shared/logger.ts';
import type { RunningService } from '../shared/run-service.ts';
import { type Environment, readSettings } from '../shared/settings.ts';
import { startTask } from '../shared/start-task.ts';
import { loadTrust } from '../shared/trust.ts';
import { createAuthenticator } from './authenticator.ts';
import { createMcpEndpoint } from './mcp-endpoint.ts';
import { createServerFactory } from './server-factory.ts';
import { mcpSettings } from './settings.ts';
import { TOOLS } from './tools/all-tools.ts';

/**
 * Starts the MCP service.
 *
 * @param environment see `environment.ts` here and in `../shared`
 * @param sink where the log goes instead of standard output
 * @throws StartError with everything that has to be put right
 */
export async function startMcpService(environment: Environment, sink?: LogSink): Promise<RunningService> {
  const settings = await readSettings(environment, mcpSettings);
  const { verificationKeys } = await loadTrust(settings);
  const logger = createLogger({ service: 'mcp', version: settings.version, level: settings.logLevel, sink });

  const endpoint = createMcpEndpoint({
    authenticate: createAuthenticator({ keys: verificationKeys, leewaySeconds: settings.leewaySeconds }),
    createServer: createServerFactory({ ...settings, tools: TOOLS, logger }),
    logger,
  });
  return startTask({
    settings,
    logger,
    keyIds: [...verificationKeys.keys()],
    // Both spellings, without a redirect: a redirect would lose the body, or the token.
    routes: new Map([
      ['/mcp', endpoint],
      ['/mcp/', endpoint],
    ]),
  });
}
