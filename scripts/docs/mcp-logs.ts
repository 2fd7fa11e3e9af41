import type * as metricNames from '../../contract/metrics.ts';
import type {
  AuthenticationReason,
  EdgeReason,
  RequestReason,
  SessionReason,
  ToolFailureReason,
  ToolRefusalReason,
} from '../../services/mcp/reasons.ts';
import { entries } from './markdown.ts';

type MetricName = Exclude<
  (typeof metricNames)[keyof typeof metricNames],
  | typeof metricNames.MCP_NAMESPACE
  | typeof metricNames.TRUST_NAMESPACE
  | typeof metricNames.SECRET_REPAIRED
  | typeof metricNames.SECRET_AGE_DAYS
>;

// What each event, reason code and metric means. The compiler misses no reason and no metric; test/services/secrecy.test.ts
// finds an event that is not here.

/** Every event of the log. */
export const EVENTS = {
  listening: ['`info`', 'the task accepts requests'],
  stopping: ['`info`', 'the task is being stopped; it finishes open requests'],
  stopped: ['`info`', 'the task has stopped without an error'],
  start_failed: ['`fatal`', 'a setting or tool is invalid; the message names each'],
  crashed: ['`fatal`', 'an error was not handled; ECS starts another task'],
  authenticated: ['`info`, `debug`', 'a token was accepted (`info`: first use on this task)'],
  authentication_failed: ['`warn`', 'the answer is 401'],
  anonymous_request: ['`debug`', 'a request that needs no token had none'],
  request_refused: ['`warn`, `info`, `debug`', '403 for host or origin; 400, 405, 406, 413, 415 (below)'],
  session_refused: ['`info`, `warn`', '404 unknown session (`info`), 403 foreign session (`warn`)'],
  session_token_changed: ['`info`', 'a session continues with a new token, as every hour'],
  tool_called: ['`info`', 'a tool ran'],
  tool_refused: ['`warn`', 'a tool did not run, or the caller can fix its failure'],
  tool_failed: ['`error`', 'a bug in the tool'],
  credentials_failed: ['`error`', 'STS returned no credentials for a bucket'],
  protocol_error: ['`debug`', 'a message broke a rule of the protocol'],
  request_failed: ['`error`', 'a bug in the service; the answer is 500'],
  metrics: ['`info`', 'every minute, and when the task stops: see [metrics](#metrics)'],
} as const satisfies Readonly<Record<string, readonly [level: string, when: string]>>;

/** The request itself. */
const REQUEST = {
  host_missing: ['400', 'HTTP/1.1 without a Host header', 'fix the client or a proxy'],
  request_invalid: ['400', 'JSON, but not a valid message (below)', 'fix the client'],
  host_not_allowed: ['403', 'the Host header names another service', 'use the public URL (below)'],
  origin_not_allowed: ['403', 'a page of another site sent it', 'add its origin, if it may'],
  not_found: ['404', 'unknown path', 'use `/mcp` or `/mcp/`'],
  method_not_allowed: ['405', 'neither POST nor DELETE', 'fix the client'],
  body_incomplete: ['400', 'the connection closed too early', 'check the network'],
  body_too_large: ['413', 'more than 4 MiB', 'send less at once'],
  content_type_unsupported: ['415', 'not `application/json`', 'fix the client'],
  json_invalid: ['400', 'the body is not JSON', 'fix the client'],
  not_acceptable: ['406', 'Accept has neither JSON nor event streams', 'send both'],
  protocol_version_unsupported: ['400', 'unsupported MCP-Protocol-Version', 'update client or service'],
  internal_error: ['500', 'a bug (of a tool: status 200)', 'report it with the log line'],
} as const satisfies Readonly<
  Record<RequestReason | EdgeReason, readonly [status: string, meaning: string, remedy: string]>
>;

/** 401. */
const AUTHENTICATION = {
  token_missing: ['no `Authorization` header', 'sign in; send it with every request'],
  authorization_scheme_unsupported: ['a scheme other than Bearer', 'fix the client'],
  token_malformed: ['not three parts of a signed JWT', 'do not send the login token'],
  token_too_large: ['more than 8 KiB', 'grant fewer buckets or roles, or `*`'],
  token_encoding_invalid: ['not canonical base64url', 'look for spaces, quotes'],
  token_header_invalid: ['not JSON, or has unexpected members', 'use a token of this catalog'],
  token_algorithm_not_allowed: ['not HS256', 'use a token of this catalog'],
  token_key_id_missing: ['the header has no key ID', 'update the catalog'],
  token_key_id_unknown: ['the key is not, or no longer, accepted', 'get a new token (see below)'],
  token_signature_invalid: ['another key, or changed contents', 'if frequent, run `bin/quiltctl canary`'],
  token_payload_invalid: ['the claims are not a JSON object', 'use a token of this catalog'],
  token_compressed_claims: ['short claim names of older catalogs', 'update the catalog'],
  token_claim_missing: ['a claim is missing; the message names it', 'update the catalog'],
  token_claim_invalid: ['a claim is invalid; the message names it', 'update the catalog, correct `roles`'],
  token_issuer_invalid: ['`iss` is not `quilt-frontend`', 'use a token of this catalog'],
  token_audience_invalid: ['`aud` is not `quilt-mcp-server`', 'use a token for this service'],
  token_type_invalid: ['`token_type` is not `enhanced`', 'send the enhanced token'],
  token_scope_mismatch: ['`scope` does not match `level`', 'update the catalog'],
  token_lifetime_invalid: ['a lifetime of 0, or over 24 h', 'lower `tokenLifetimeSeconds`'],
  token_expired: ['the token has expired', 'get a new one, or compare the clocks'],
  token_not_yet_valid: ['the token is not valid yet', 'compare the clocks (below)'],
  token_issued_in_future: ['the token was issued later than now', 'compare the clocks (below)'],
} as const satisfies Readonly<Record<AuthenticationReason, readonly [meaning: string, remedy: string]>>;

/** The session. */
const SESSION = {
  session_missing: ['400', 'no Mcp-Session-Id', 'start with `initialize`'],
  session_unknown: ['404', 'ended, expired, or never issued', 'start a new one; SDKs do so by themselves'],
  session_foreign: ['403', 'it belongs to another principal', 'start your own'],
} as const satisfies Readonly<Record<SessionReason, readonly [status: string, meaning: string, remedy: string]>>;

/** A tool that was not run. */
const TOOL_REFUSAL = {
  unauthenticated: ['no principal reached the tool', 'report it: a bug, which fails closed'],
  permission_missing: ['the message names what the token lacks', 'add it to the role in the configuration'],
  bucket_name_invalid: ['neither a bucket name nor `s3://name`', 'write it without a path'],
  bucket_not_in_token: ['the token does not name the bucket', 'run `discover_buckets`, check the role'],
  bucket_not_reachable: ['not configured, or in another Region', 'add it to `dataAccess`'],
} as const satisfies Readonly<Record<ToolRefusalReason, readonly [meaning: string, remedy: string]>>;

/** A tool that failed. */
const TOOL_FAILURE = {
  argument_invalid: ['fits the schema, but not S3 or the tool', 'read the message'],
  object_not_found: ['no such object or version', 'list the bucket with `bucket_objects_list`'],
  object_too_large: ['too large for the tool', 'use `bucket_object_link`'],
  object_not_text: ['not text', 'use `bucket_object_link`'],
  object_exists: ['the key is taken', 'use another key, or `overwrite`'],
  object_archived: ['the object is in an archive', 'have it restored'],
  package_not_found: ['no such package or revision', 'list them with `packages_list`'],
  package_invalid: ['the manifest is not what Quilt writes', 'inspect the package with `quilt3`'],
  access_denied: ['S3 refused the data-access role', "check the bucket's and the key's policies"],
  credentials_unavailable: ['no credentials, or S3 refused them', 'check `credentials_failed` in the log'],
  storage_unavailable: ['S3 gave no usable answer', "retry, then check the tasks' network"],
  cancelled: ['the client no longer waits', 'there is nothing to do'],
} as const satisfies Readonly<
  Record<Exclude<ToolFailureReason, 'internal_error'>, readonly [meaning: string, remedy: string]>
>;

/** Metrics. */
const METRICS = {
  RequestsAccepted: ['`Method`', 'requests whose token was accepted'],
  RequestsRefused: ['`Reason`', 'refused requests (below)'],
  TokenCacheHits: ['', 'accepted tokens that the task had cached'],
  TokenVerifications: ['', 'accepted tokens that it had to verify: once per token and task'],
  ToolCalls: ['`Tool`', 'calls, whatever their result'],
  ToolCallsRefused: ['`Tool`, or `Reason`', 'calls of a tool that was not run'],
  ToolCallsFailed: ['`Tool`, or `Reason`', 'calls of a tool that failed'],
  ToolDuration: ['`Tool` only', 'milliseconds, as a distribution'],
  TaskRoleFallbacks: ['', "requests for a caller's data with the task's rights: **always 0**"],
} as const satisfies Readonly<Record<MetricName, readonly [also: string, counts: string]>>;

function list(reasons: Readonly<Record<string, readonly [meaning: string, remedy: string]>>): string {
  return entries(Object.entries(reasons).map(([name, sentences]) => ({ name, sentences })));
}

/** With what stands first in each line behind the name. */
function listWith(
  noteOf: (first: string) => string,
  lines: Readonly<Record<string, readonly [first: string, ...sentences: string[]]>>,
): string {
  return entries(
    Object.entries(lines).map(([name, [first, ...sentences]]) => ({ name, note: noteOf(first), sentences })),
  );
}

const inBrackets = (text: string) => `(${text})`;

/** The blocks of docs/mcp-logs.md. */
export const mcpLogBlocks = {
  'mcp-events': () => listWith(inBrackets, EVENTS),
  'mcp-reasons-request': () => listWith(inBrackets, REQUEST),
  'mcp-reasons-authentication': () => list(AUTHENTICATION),
  'mcp-reasons-session': () => listWith(inBrackets, SESSION),
  'mcp-reasons-tool-refused': () => list(TOOL_REFUSAL),
  'mcp-reasons-tool-failed': () => list(TOOL_FAILURE),
  'mcp-metrics': () => listWith((by) => (by === '' ? '' : `(by ${by})`), METRICS),
};
