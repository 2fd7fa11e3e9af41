import { ECS_CONTAINER_METADATA_URI_V4, HOST, LOG_LEVEL, PORT, QUILT_VERSION } from './environment.ts';
import { LOG_LEVELS } from './logger.ts';
import { oneOf, optionalText, text, wholeNumber } from './settings.ts';
import { trustSettings } from './trust.ts';

/** What every service is configured with. */
export const serviceSettings = {
  ...trustSettings,
  host: text(HOST, '0.0.0.0'),
  port: wholeNumber(PORT, { minimum: 0, maximum: 65_535, fallback: 8080 }),
  logLevel: oneOf(LOG_LEVEL, LOG_LEVELS, 'info'),
  version: text(QUILT_VERSION, 'dev'),
  metadataUri: optionalText(ECS_CONTAINER_METADATA_URI_V4),
};
