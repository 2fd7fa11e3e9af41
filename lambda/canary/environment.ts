/** Names of the environment variables of the canary function; imported by synthesis, so it imports nothing. */

/** Public URL of the catalog, `https://quilt.example.org`. */
export const CANARY_URL = 'CANARY_URL';
/** DNS name that is dialled in place of the URL's host (the load balancer's own, before public DNS exists); optional. */
export const CANARY_CONNECT_HOST = 'CANARY_CONNECT_HOST';
/** Name of the SSM parameter with the signing secret. */
export const CANARY_SECRET_PARAMETER = 'CANARY_SECRET_PARAMETER';
/** Name of the SSM parameter with the set of verification keys. */
export const CANARY_KEY_SET_PARAMETER = 'CANARY_KEY_SET_PARAMETER';
/** Name or ARN of the ECS cluster. */
export const CANARY_CLUSTER = 'CANARY_CLUSTER';
/** Name of the MCP service in the cluster. */
export const CANARY_MCP_SERVICE = 'CANARY_MCP_SERVICE';
/** Name of the catalog service in the cluster. */
export const CANARY_CATALOG_SERVICE = 'CANARY_CATALOG_SERVICE';
/** Path of the MCP endpoint; default `/mcp`. */
export const CANARY_MCP_PATH = 'CANARY_MCP_PATH';
/** JSON list of the buckets that the canary's token carries; default `[]`. */
export const CANARY_BUCKETS = 'CANARY_BUCKETS';
/**
 * Name of the state table, which has the rotation's record and keeps the reports; optional: without it there is no record to
 * compare with, and no report is kept.
 */
export const CANARY_STATE_TABLE = 'CANARY_STATE_TABLE';
/** JSON list of the checks that need not pass (names of `check-names.ts`); default `[]`. */
export const CANARY_TOLERATED = 'CANARY_TOLERATED';
/**
 * ARN of the state machine that rotates and repairs the secret; optional: without it the canary has nothing repaired, it only
 * tells.
 */
export const CANARY_STATE_MACHINE = 'CANARY_STATE_MACHINE';
