/**
 * Names of metrics, for what writes them and what watches them. Synthesis imports this file, so it imports nothing. What those of the
 * MCP service mean: `docs/mcp-logs.md`.
 */

// The rotation

/** Their namespace. Each has the dimension `Deployment`: the name prefix. */
export const TRUST_NAMESPACE = 'Quilt/Trust';
/** Counts foreign values of a parameter that were replaced with the recorded one. */
export const SECRET_REPAIRED = 'SecretRepaired';
/** Age of the signing secret in days, written by every scheduled run. */
export const SECRET_AGE_DAYS = 'SecretAgeDays';

// The MCP service

/** Their namespace. Each has the dimension `Deployment`: the name prefix. */
export const MCP_NAMESPACE = 'Quilt/Mcp';

/** Requests whose token was accepted; also by `Method`, how they were authenticated. */
export const REQUESTS_ACCEPTED = 'RequestsAccepted';
/** Requests that were refused before they reached the protocol; also by `Reason`. */
export const REQUESTS_REFUSED = 'RequestsRefused';
/** Accepted tokens from the task's cache. */
export const TOKEN_CACHE_HITS = 'TokenCacheHits';
/** Accepted tokens that the task had to verify. */
export const TOKEN_VERIFICATIONS = 'TokenVerifications';
/** Calls of tools with any outcome; also by `Tool`. */
export const TOOL_CALLS = 'ToolCalls';
/** Calls whose caller lacks the permission; also by `Tool` and by `Reason`. */
export const TOOL_CALLS_REFUSED = 'ToolCallsRefused';
/** Calls that failed; also by `Tool` and by `Reason`. */
export const TOOL_CALLS_FAILED = 'ToolCallsFailed';
/** Durations of calls, by `Tool`: a distribution, in milliseconds. */
export const TOOL_DURATION = 'ToolDuration';
/** Requests to AWS for a caller's data with the rights of the task itself. */
export const TASK_ROLE_FALLBACKS = 'TaskRoleFallbacks';
