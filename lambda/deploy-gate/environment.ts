/** Names of the environment variables of the deploy gate; imported by synthesis, so it imports nothing. */

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
/** How many revisions are remembered. */
export const DEPLOY_GATE_KEEP_REVISIONS = 'DEPLOY_GATE_KEEP_REVISIONS';
/** What the configuration calls this deployment, for the commands that people are told. */
export const DEPLOY_GATE_ENVIRONMENT = 'DEPLOY_GATE_ENVIRONMENT';
/** The version of Foundation's contract that is deployed; templates of another one are refused. */
export const DEPLOY_GATE_CONTRACT_VERSION = 'DEPLOY_GATE_CONTRACT_VERSION';
