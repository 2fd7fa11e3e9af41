/** Names of the environment variables of the rotation function; imported by synthesis, so it imports nothing. */

/** Name of the SSM parameter with the signing secret. */
export const ROTATION_SECRET_PARAMETER = 'ROTATION_SECRET_PARAMETER';
/** Name of the SSM parameter with the set of verification keys. */
export const ROTATION_KEY_SET_PARAMETER = 'ROTATION_KEY_SET_PARAMETER';
/** ARN of the KMS key that both are encrypted under. */
export const ROTATION_ENCRYPTION_KEY = 'ROTATION_ENCRYPTION_KEY';
/** Path, with its final slash, under which a person may leave the next secret: `/quilt/incoming/`. */
export const ROTATION_INCOMING_PATH = 'ROTATION_INCOMING_PATH';
/** Name of the DynamoDB table with the rotation's record, the deploy lock and the revisions. */
export const ROTATION_STATE_TABLE = 'ROTATION_STATE_TABLE';
/** Name of the ECS cluster. */
export const ROTATION_CLUSTER = 'ROTATION_CLUSTER';
/** Name of the MCP service in the cluster. */
export const ROTATION_MCP_SERVICE = 'ROTATION_MCP_SERVICE';
/** Name of the catalog service in the cluster. */
export const ROTATION_CATALOG_SERVICE = 'ROTATION_CATALOG_SERVICE';
/** Name of the canary's Lambda function. */
export const ROTATION_CANARY_FUNCTION = 'ROTATION_CANARY_FUNCTION';
/** Name of the Services stack, whose deploys exclude the steps of a rotation. */
export const ROTATION_SERVICES_STACK = 'ROTATION_SERVICES_STACK';
/** Public URL of the catalog, `https://quilt.example.org`. */
export const ROTATION_URL = 'ROTATION_URL';
/** DNS name that is dialled in place of the URL's host; optional. */
export const ROTATION_CONNECT_HOST = 'ROTATION_CONNECT_HOST';
/** Path of the MCP endpoint. */
export const ROTATION_MCP_PATH = 'ROTATION_MCP_PATH';
/** How long a token lives, in seconds, as configured now. */
export const ROTATION_TOKEN_LIFETIME_SECONDS = 'ROTATION_TOKEN_LIFETIME_SECONDS';
/** How much later than its end a verifier accepts a token, in seconds, as configured now. */
export const ROTATION_TOKEN_LEEWAY_SECONDS = 'ROTATION_TOKEN_LEEWAY_SECONDS';
/** Age in days at which a scheduled run rotates the secret. */
export const ROTATION_EVERY_DAYS = 'ROTATION_EVERY_DAYS';
/** How long one roll-out of a service may take, in seconds, before it counts as failed. */
export const ROTATION_ROLL_OUT_SECONDS = 'ROTATION_ROLL_OUT_SECONDS';
/** Name of the log group of the MCP tasks, in which a revocation counts refused requests. */
export const ROTATION_MCP_LOG_GROUP = 'ROTATION_MCP_LOG_GROUP';
/** What the configuration calls this deployment, for the commands that people are told. */
export const ROTATION_ENVIRONMENT = 'ROTATION_ENVIRONMENT';
/** Name prefix of the deployment: the dimension `Deployment` of its metrics. */
export const ROTATION_DEPLOYMENT = 'ROTATION_DEPLOYMENT';
