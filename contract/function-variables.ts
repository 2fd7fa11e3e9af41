/** Names of the environment variables of the functions; imported by synthesis, so it imports nothing. */

// The canary

/** Public URL of the catalog, `https://quilt.example.org`. */
export const CANARY_URL = 'CANARY_URL';
/** DNS name to connect to in place of the URL's host (the load balancer's own, before public DNS exists); optional. */
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
/** Name of the state table with the rotation's record and the reports; optional: without it neither is used. */
export const CANARY_STATE_TABLE = 'CANARY_STATE_TABLE';
/** JSON list of the checks whose failure is tolerated (see `CHECK_NAMES`); default `[]`. */
export const CANARY_TOLERATED = 'CANARY_TOLERATED';
/** ARN of the state machine that rotates and repairs the secret; optional: without it the canary only reports. */
export const CANARY_STATE_MACHINE = 'CANARY_STATE_MACHINE';

// The rotation function

/** Name of the SSM parameter with the signing secret. */
export const ROTATION_SECRET_PARAMETER = 'ROTATION_SECRET_PARAMETER';
/** Name of the SSM parameter with the set of verification keys. */
export const ROTATION_KEY_SET_PARAMETER = 'ROTATION_KEY_SET_PARAMETER';
/** ARN of the KMS key that both are encrypted under. */
export const ROTATION_ENCRYPTION_KEY = 'ROTATION_ENCRYPTION_KEY';
/** Path, with its final slash, under which a person may provide the next secret: `/quilt/incoming/`. */
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
/** DNS name to connect to in place of the URL's host; optional. */
export const ROTATION_CONNECT_HOST = 'ROTATION_CONNECT_HOST';
/** Path of the MCP endpoint. */
export const ROTATION_MCP_PATH = 'ROTATION_MCP_PATH';
/** Token lifetime in seconds, in the current configuration. */
export const ROTATION_TOKEN_LIFETIME_SECONDS = 'ROTATION_TOKEN_LIFETIME_SECONDS';
/** Verifiers' leeway in seconds, in the current configuration. */
export const ROTATION_TOKEN_LEEWAY_SECONDS = 'ROTATION_TOKEN_LEEWAY_SECONDS';
/** Age in days at which a scheduled run rotates the secret. */
export const ROTATION_EVERY_DAYS = 'ROTATION_EVERY_DAYS';
/** How long one rollout of a service may take, in seconds, before it counts as failed. */
export const ROTATION_ROLL_OUT_SECONDS = 'ROTATION_ROLL_OUT_SECONDS';
/** Name of the log group of the MCP tasks, in which a revocation counts refused requests. */
export const ROTATION_MCP_LOG_GROUP = 'ROTATION_MCP_LOG_GROUP';
/** The configuration's name for this deployment, for commands in messages. */
export const ROTATION_ENVIRONMENT = 'ROTATION_ENVIRONMENT';
/** Name prefix of the deployment: the dimension `Deployment` of its metrics. */
export const ROTATION_DEPLOYMENT = 'ROTATION_DEPLOYMENT';

// The deploy gate

/** Name of the DynamoDB table with lock, rotation record and revisions. */
export const DEPLOY_GATE_STATE_TABLE = 'DEPLOY_GATE_STATE_TABLE';
/** Name of the canary's Lambda function. */
export const DEPLOY_GATE_CANARY_FUNCTION = 'DEPLOY_GATE_CANARY_FUNCTION';
/** Name of the SSM parameter with the signing secret. */
export const DEPLOY_GATE_SECRET_PARAMETER = 'DEPLOY_GATE_SECRET_PARAMETER';
/** Name of the SSM parameter with the set of verification keys. */
export const DEPLOY_GATE_KEY_SET_PARAMETER = 'DEPLOY_GATE_KEY_SET_PARAMETER';
/** Name of the S3 bucket with the templates of the revisions. */
export const DEPLOY_GATE_REVISION_BUCKET = 'DEPLOY_GATE_REVISION_BUCKET';
/** Number of revisions to keep. */
export const DEPLOY_GATE_KEEP_REVISIONS = 'DEPLOY_GATE_KEEP_REVISIONS';
/** The configuration's name for this deployment, for commands in messages. */
export const DEPLOY_GATE_ENVIRONMENT = 'DEPLOY_GATE_ENVIRONMENT';
/** The deployed version of Foundation's contract; templates for another one are refused. */
export const DEPLOY_GATE_CONTRACT_VERSION = 'DEPLOY_GATE_CONTRACT_VERSION';
