import { McpServer, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import { LEVELS } from '../../auth/authorization.ts';
import { DEFAULT_LEEWAY_SECONDS, MAX_LEEWAY_SECONDS } from '../../auth/token-time.ts';
import {
  QUILT_ALLOWED_ORIGINS,
  QUILT_CATALOG_URL,
  QUILT_DEPLOYMENT,
  QUILT_TOKEN_LEEWAY_SECONDS,
} from '../../contract/service-variables.ts';
import { createLogger, type LogSink } from '../shared/logger.ts';
import { type RunningService, resolveTaskIdentity, startTask } from '../shared/run-service.ts';
import { loadTrust, serviceSettings } from '../shared/service-settings.ts';
import { type Environment, readSettings, text, webUrl, wholeNumber } from '../shared/settings.ts';
import { type Authenticate, createAuthenticator } from './authenticator.ts';
import { createBucketAccess } from './buckets/create-bucket-access.ts';
import { dataAccessSettings, resolveDataAccess } from './buckets/data-access.ts';
import { createEdge } from './edge/edge.ts';
import { originList } from './edge/origin-list.ts';
import { createResourceMetadata } from './edge/resource-metadata.ts';
import { createMcpEndpoint } from './mcp-endpoint.ts';
import { createMetrics } from './metrics/metrics.ts';
import { type CreateServer, MODERN_REVISION } from './protocol/express/warm-servers.ts';
import { Sessions } from './sessions.ts';
import { TOOLS } from './tools/all-tools.ts';
import { checkTools } from './tools/check-tools.ts';
import type { Tool, ToolServices } from './tools/define-tool.ts';

/** Both spellings, without a redirect, which would lose the body or the token. */
const PATHS = ['/mcp', '/mcp/'] as const;

/**
 * Starts the MCP service.
 *
 * @param environment see `mcpSettings` below and `../shared/service-settings.ts`
 * @param sink receives the log instead of standard output
 * @param parts replace those of the service; for tests
 * @throws StartError listing every problem to fix
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

/**
 * Creates MCP servers with the given tools, the same for both eras.
 *
 * @throws StartError naming each invalid tool
 */
export function createServerFactory(options: {
  readonly version: string;
  readonly catalogUrl: string;
  readonly tools: readonly Tool[];
  readonly services: Omit<ToolServices, 'tools'>;
}): CreateServer {
  const { version, catalogUrl, tools } = options;
  checkTools(tools);
  const services = { ...options.services, tools };
  return (era) => {
    const server = new McpServer(
      { name: 'quilt-mcp', title: 'Quilt', version, websiteUrl: catalogUrl },
      {
        // The list never changes during the life of a task, so there is nothing to subscribe to.
        capabilities: { tools: { listChanged: false } },
        ...(era === 'modern' && { supportedProtocolVersions: [...SUPPORTED_PROTOCOL_VERSIONS, MODERN_REVISION] }),
      },
    );
    for (const tool of tools) tool.register(server, services);
    return server;
  };
}

/** The settings of the MCP service. */
const mcpSettings = {
  ...serviceSettings,
  ...dataAccessSettings,
  catalogUrl: webUrl(QUILT_CATALOG_URL),
  deployment: text(QUILT_DEPLOYMENT, 'quilt'),
  allowedOrigins: originList(QUILT_ALLOWED_ORIGINS),
  leewaySeconds: wholeNumber(QUILT_TOKEN_LEEWAY_SECONDS, {
    minimum: 0,
    maximum: MAX_LEEWAY_SECONDS,
    fallback: DEFAULT_LEEWAY_SECONDS,
  }),
};
