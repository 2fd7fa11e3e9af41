import { MAX_LIFETIME_SECONDS } from '../../auth/claims.ts';
import { DEFAULT_LIFETIME_SECONDS } from '../../auth/mint-enhanced-token.ts';
import { parseRoleTable } from '../../auth/role-table.ts';
import { authSetting } from '../shared/auth-setting.ts';
import { QUILT_CATALOG_URL, QUILT_REGISTRY_URL } from '../shared/environment.ts';
import { serviceSettings } from '../shared/service-settings.ts';
import { urlPath, webUrl, wholeNumber } from '../shared/settings.ts';
import { QUILT_MCP_PATH, QUILT_ROLES, QUILT_TOKEN_LIFETIME_SECONDS } from './environment.ts';

/** What the catalog service is configured with. */
export const catalogSettings = {
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
