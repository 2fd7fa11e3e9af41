import { DEFAULT_LEEWAY_SECONDS, MAX_LEEWAY_SECONDS } from '../../auth/token-time.ts';
import { QUILT_CATALOG_URL } from '../shared/environment.ts';
import { serviceSettings } from '../shared/service-settings.ts';
import { text, webUrl, wholeNumber } from '../shared/settings.ts';
import { dataAccessSettings } from './buckets/data-access.ts';
import { originList } from './edge/origin-list.ts';
import { QUILT_ALLOWED_ORIGINS, QUILT_DEPLOYMENT, QUILT_TOKEN_LEEWAY_SECONDS } from './environment.ts';

/** What the MCP service is configured with. */
export const mcpSettings = {
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
