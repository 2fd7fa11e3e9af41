/**
 * Names of the environment variables that the MCP service reads beside those of `../shared/environment.ts`. Synthesis imports
 * this file, so it imports nothing.
 */

/** How far the clocks of minter and verifier may differ, in seconds. */
export const QUILT_TOKEN_LEEWAY_SECONDS = 'QUILT_TOKEN_LEEWAY_SECONDS';
