/**
 * Names of the environment variables that the catalog service reads beside those of `../shared/environment.ts`. Synthesis imports
 * this file, so it imports nothing.
 */

/** The role table as JSON: what each role of the registry gives. */
export const QUILT_ROLES = 'QUILT_ROLES';
/** How long a minted token is valid, in seconds. */
export const QUILT_TOKEN_LIFETIME_SECONDS = 'QUILT_TOKEN_LIFETIME_SECONDS';
/** Path of the MCP endpoint below the catalog's URL. */
export const QUILT_MCP_PATH = 'QUILT_MCP_PATH';
