/** Environment variables of the services: the contract with the task definitions. Imported by synthesis, so it imports nothing. */

// Both services

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
/** URL of the registry, the authority on users, roles and buckets. */
export const QUILT_REGISTRY_URL = 'QUILT_REGISTRY_URL';
/** Set by the ECS agent: task metadata endpoint version 4. */
export const ECS_CONTAINER_METADATA_URI_V4 = 'ECS_CONTAINER_METADATA_URI_V4';

// The catalog service

/** The role table as JSON: the rights of each role of the registry. */
export const QUILT_ROLES = 'QUILT_ROLES';
/** How long a minted token is valid, in seconds. */
export const QUILT_TOKEN_LIFETIME_SECONDS = 'QUILT_TOKEN_LIFETIME_SECONDS';
/** Path of the MCP endpoint below the catalog's URL. */
export const QUILT_MCP_PATH = 'QUILT_MCP_PATH';

// The MCP service

/** Tolerated difference between the clocks of minter and verifier, in seconds. */
export const QUILT_TOKEN_LEEWAY_SECONDS = 'QUILT_TOKEN_LEEWAY_SECONDS';
/** Name prefix of the deployment, which distinguishes its metrics from those of others. */
export const QUILT_DEPLOYMENT = 'QUILT_DEPLOYMENT';
/** Origins beside the catalog's own whose pages may use the service: a JSON list. */
export const QUILT_ALLOWED_ORIGINS = 'QUILT_ALLOWED_ORIGINS';
/** ARN of the data-access role; absent when the deployment gives no access to any bucket. */
export const QUILT_DATA_ROLE_ARN = 'QUILT_DATA_ROLE_ARN';
/** The buckets that the data-access role reaches: names and patterns such as `data-*`, with a comma between them. */
export const QUILT_DATA_BUCKETS = 'QUILT_DATA_BUCKETS';
/** Set by ECS: the region of the task. */
export const AWS_REGION = 'AWS_REGION';
/** Set by ECS: where the credentials of the task role are, below the agent's own address. */
export const AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
/** The same as a whole URL, where something else than the ECS agent gives them out. */
export const AWS_CONTAINER_CREDENTIALS_FULL_URI = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
