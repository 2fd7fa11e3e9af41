import { DEFAULT_LEEWAY_SECONDS, MAX_LEEWAY_SECONDS } from '../../auth/token-time.ts';
import { QUILT_CATALOG_URL, QUILT_REGISTRY_URL } from '../shared/environment.ts';
import { serviceSettings } from '../shared/service-settings.ts';
import { webUrl, wholeNumber } from '../shared/settings.ts';
import { QUILT_TOKEN_LEEWAY_SECONDS } from './environment.ts';

/** What the MCP service is configured with. */
export const mcpSettings = {
  ...serviceSettings,
  catalogUrl: webUrl(QUILT_CATALOG_URL),
  registryUrl: webUrl(QUILT_REGISTRY_URL),
  leewaySeconds: wholeNumber(QUILT_TOKEN_LEEWAY_SECONDS, {
    minimum: 0,
    maximum: MAX_LEEWAY_SECONDS,
    fallback: DEFAULT_LEEWAY_SECONDS,
  }),
};
