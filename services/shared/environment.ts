/**
 * Names of the environment variables that both services read. They are the contract with the task definitions: synthesis
 * imports this file, so it imports nothing.
 */

/** The signing secret, from ECS `secrets`. */
export const MCP_ENHANCED_JWT_SECRET = 'MCP_ENHANCED_JWT_SECRET';
/** The JWK Set of all accepted secrets, from ECS `secrets`. */
export const MCP_ENHANCED_JWT_KEYS = 'MCP_ENHANCED_JWT_KEYS';
/** Address to listen on; every interface by default, since a container is reached from outside. */
export const HOST = 'HOST';
/** Port to listen on; 0 takes a free one. */
export const PORT = 'PORT';
/** One of pino's levels, or `silent`. */
export const LOG_LEVEL = 'LOG_LEVEL';
/** The deployed version, shown in the footer of the catalog and in `serverInfo`. */
export const QUILT_VERSION = 'QUILT_VERSION';
/** Public URL of the catalog, as a browser sees it. */
export const QUILT_CATALOG_URL = 'QUILT_CATALOG_URL';
/** URL of the registry, the authority on people, roles and buckets. */
export const QUILT_REGISTRY_URL = 'QUILT_REGISTRY_URL';
/** Set by the ECS agent: task metadata endpoint version 4. */
export const ECS_CONTAINER_METADATA_URI_V4 = 'ECS_CONTAINER_METADATA_URI_V4';
