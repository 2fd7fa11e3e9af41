/**
 * Names of the environment variables that the MCP service reads beside those of `../shared/environment.ts`. Synthesis imports
 * this file, so it imports nothing.
 */

/** How far the clocks of minter and verifier may differ, in seconds. */
export const QUILT_TOKEN_LEEWAY_SECONDS = 'QUILT_TOKEN_LEEWAY_SECONDS';
/** Name prefix of the deployment, which tells its metrics from those of another one. */
export const QUILT_DEPLOYMENT = 'QUILT_DEPLOYMENT';
/** Origins whose pages may use the service beside the catalog's own: a JSON list. */
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
