import { LEVELS } from '../../../auth/authorization.ts';
import { importVerificationKeys } from '../../../auth/keys.ts';
import { createAuthenticator } from '../../../services/mcp/authenticator.ts';
import type { BucketAccess } from '../../../services/mcp/buckets/bucket-access.ts';
import { createEdge } from '../../../services/mcp/edge/edge.ts';
import { createResourceMetadata } from '../../../services/mcp/edge/resource-metadata.ts';
import { createMcpEndpoint } from '../../../services/mcp/mcp-endpoint.ts';
import { ToolError } from '../../../services/mcp/reasons.ts';
import { createServerFactory } from '../../../services/mcp/service.ts';
import { Sessions } from '../../../services/mcp/sessions.ts';
import type { Tool, ToolServices } from '../../../services/mcp/tools/define-tool.ts';
import { type RunningServer, startHttpServer } from '../../../services/shared/http-server.ts';
import { createLogger } from '../../../services/shared/logger.ts';
import { LogCapture } from './log-capture.ts';
import type { Trust } from './trust-fixture.ts';

/** A deployment without buckets. */
export const noBuckets: BucketAccess = {
  open: async () => {
    throw new ToolError('bucket_not_reachable', 'No bucket here.');
  },
  isReachable: () => false,
};

export type EndpointUnderTest = RunningServer & { readonly log: LogCapture };

/** The MCP endpoint with tools of a test, on a free port of loopback, at `/mcp`. */
export async function startEndpoint(
  trust: Trust,
  tools: readonly Tool[],
  more: Partial<Omit<ToolServices, 'tools'>> & { readonly sessions?: Sessions } = {},
): Promise<EndpointUnderTest> {
  const log = new LogCapture();
  const logger = createLogger({ service: 'mcp', version: 'test', level: 'debug', sink: log });
  const { sessions = new Sessions(), ...changed } = more;
  const services: Omit<ToolServices, 'tools'> = {
    logger,
    metrics: { accepted: () => {}, refused: () => {}, toolCalled: () => {} },
    buckets: noBuckets,
    facts: { version: 'test', task: 'test', keyIds: [trust.keyId], leewaySeconds: 0 },
    ...changed,
  };
  const publicUrl = 'https://quilt.example.org';
  const endpoint = createMcpEndpoint({
    edge: createEdge({ publicUrl, allowedOrigins: [], logger }),
    metadata: createResourceMetadata({ publicUrl, paths: ['/mcp'], scopes: LEVELS }),
    authenticate: createAuthenticator({ keys: await importVerificationKeys(trust.keySet), leewaySeconds: 0 }),
    createServer: createServerFactory({ version: 'test', catalogUrl: publicUrl, tools, services }),
    sessions,
    metrics: services.metrics,
    logger,
  });
  const routes = new Map([['/mcp', endpoint]]);
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, headers: {}, routes, logger });
  return { ...server, log };
}
