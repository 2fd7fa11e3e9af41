import { type RotationSettings, readSettings } from '../../../../lambda/rotation/settings.ts';
import { KEY_SET, SECRET } from '../../deploy-gate/fake-account.ts';

/** An environment in which nothing is missing. */
export const ENVIRONMENT = {
  ROTATION_SECRET_PARAMETER: SECRET,
  ROTATION_KEY_SET_PARAMETER: KEY_SET,
  ROTATION_ENCRYPTION_KEY: 'arn:aws:kms:us-east-1:000000000000:key/one',
  ROTATION_INCOMING_PATH: '/quilt/incoming/',
  ROTATION_STATE_TABLE: 'state',
  ROTATION_CLUSTER: 'cluster',
  ROTATION_MCP_SERVICE: 'mcp-service',
  ROTATION_CATALOG_SERVICE: 'catalog-service',
  ROTATION_CANARY_FUNCTION: 'quilt-canary',
  ROTATION_SERVICES_STACK: 'quilt-services',
  ROTATION_URL: 'https://quilt.example.org',
  ROTATION_MCP_PATH: '/mcp',
  ROTATION_TOKEN_LIFETIME_SECONDS: '3600',
  ROTATION_TOKEN_LEEWAY_SECONDS: '30',
  ROTATION_EVERY_DAYS: '30',
  ROTATION_ROLL_OUT_SECONDS: '900',
  ROTATION_MCP_LOG_GROUP: '/quilt/mcp',
  ROTATION_ENVIRONMENT: 'production',
  ROTATION_DEPLOYMENT: 'quilt',
};

export const SETTINGS: RotationSettings = readSettings(ENVIRONMENT);
