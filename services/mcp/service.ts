import { LEVELS } from '../../auth/level.ts';
import { createLogger, type LogSink } from '../shared/logger.ts';
import type { RunningService } from '../shared/run-service.ts';
import { type Environment, readSettings } from '../shared/settings.ts';
import { startTask } from '../shared/start-task.ts';
import { resolveTaskIdentity } from '../shared/task-identity.ts';
import { loadTrust } from '../shared/trust.ts';
import { type Authenticate, createAuthenticator } from './authenticator.ts';
import { createBucketAccess } from './buckets/create-bucket-access.ts';
import { resolveDataAccess } from './buckets/data-access.ts';
import { createEdge } from './edge/edge.ts';
import { createResourceMetadata } from './edge/resource-metadata.ts';
import { createMcpEndpoint } from './mcp-endpoint.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import type { CreateServer } from './protocol/warm-servers.ts';
import { createServerFactory } from './server-factory.ts';
import { Sessions } from './sessions/sessions.ts';
import { mcpSettings } from './settings.ts';
import { TOOLS } from './tools/all-tools.ts';
import type { Tool } from './tools/define-tool.ts';

/** Both spellings, without a redirect: a redirect would lose the body, or the token. */
const PATHS = ['/mcp', '/mcp/'] as const;

/**
 * Starts the MCP service.
 *
 * @param environment see `environment.ts` here and in `../shared`
 * @param sink where the log goes instead of standard output
 * @param parts what takes the place of the service's own; for tests
 * @throws StartError with everything that has to be put right
 */
export async function startMcpService(
  environment: Environment,
  sink?: LogSink,
  parts: {
    readonly createServer?: CreateServer;
    readonly authenticate?: Authenticate;
    readonly sessions?: Sessions;
    readonly tools?: readonly Tool[];
  } = {},
): Promise<RunningService> {
  const { tools = TOOLS } = parts;
  const settings = await readSettings(environment, mcpSettings);
  const { verificationKeys } = await loadTrust(settings);
  const logger = createLogger({ service: 'mcp', version: settings.version, level: settings.logLevel, sink });

  const identity = await resolveTaskIdentity(settings.metadataUri);
  const keyIds = [...verificationKeys.keys()];
  const { version, leewaySeconds, deployment, catalogUrl: publicUrl, allowedOrigins } = settings;
  const metrics = createMetrics(logger, { deployment });
  const services = {
    logger,
    metrics,
    buckets: createBucketAccess(resolveDataAccess(settings), logger),
    facts: { version, task: identity.task, keyIds, leewaySeconds },
  };
  const metadata = createResourceMetadata({ publicUrl, paths: PATHS, scopes: LEVELS });
  const endpoint = createMcpEndpoint({
    edge: createEdge({ publicUrl, allowedOrigins, logger }),
    metadata,
    authenticate: parts.authenticate ?? createAuthenticator({ keys: verificationKeys, leewaySeconds }),
    createServer: parts.createServer ?? createServerFactory({ ...settings, tools, services }),
    sessions: parts.sessions ?? new Sessions(),
    metrics,
    logger,
  });
  const task = await startTask({
    settings,
    identity,
    logger,
    keyIds,
    routes: new Map([...metadata.routes, ...PATHS.map((path) => [path, endpoint] as const)]),
  });
  return {
    ...task,
    async stop(lingerMs) {
      await task.stop(lingerMs);
      metrics.stop();
    },
  };
}
