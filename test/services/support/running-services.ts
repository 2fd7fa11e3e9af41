import { defaultRoles } from '../../../auth/default-roles.ts';
import { startCatalogService } from '../../../services/catalog/service.ts';
import { startMcpService } from '../../../services/mcp/service.ts';
import type { RunningService } from '../../../services/shared/run-service.ts';
import type { Environment } from '../../../services/shared/settings.ts';
import { LogCapture } from './log-capture.ts';
import type { Trust } from './trust-fixture.ts';

export type ServiceUnderTest = RunningService & { readonly log: LogCapture };

const LOOPBACK = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'debug', QUILT_VERSION: '1.2.3' };

/** Everything the MCP service is started with, on a free loopback port. */
export function mcpEnvironment(trust: Trust, more: Environment = {}): Environment {
  const urls = { QUILT_CATALOG_URL: 'https://quilt.example.org', QUILT_REGISTRY_URL: 'https://registry.example.org' };
  return { ...LOOPBACK, ...trust.environment, ...urls, ...more };
}

/** Everything the catalog service is started with, on a free loopback port. */
export function catalogEnvironment(trust: Trust, registryUrl: string, more: Environment = {}): Environment {
  const urls = { QUILT_CATALOG_URL: 'https://quilt.example.org', QUILT_REGISTRY_URL: registryUrl };
  const roles = { QUILT_ROLES: JSON.stringify(defaultRoles('local', ['quilt-local-images'])) };
  return { ...LOOPBACK, ...trust.environment, ...urls, ...roles, ...more };
}

export async function startMcp(trust: Trust, more?: Environment): Promise<ServiceUnderTest> {
  const log = new LogCapture();
  return { ...(await startMcpService(mcpEnvironment(trust, more), log)), log };
}

export async function startCatalog(trust: Trust, registryUrl: string, more?: Environment): Promise<ServiceUnderTest> {
  const log = new LogCapture();
  return { ...(await startCatalogService(catalogEnvironment(trust, registryUrl, more), log)), log };
}
