import type { TokenErrorCode } from '../../auth/errors.ts';

/** Why a request could not be served. */
export type RequestReason =
  | 'host_missing'
  | 'not_found'
  | 'method_not_allowed'
  | 'body_incomplete'
  | 'body_too_large'
  | 'content_type_unsupported'
  | 'json_invalid'
  | 'request_invalid'
  | 'not_acceptable'
  | 'protocol_version_unsupported'
  | 'internal_error';

/** Why a request got 401. */
export type AuthenticationReason = 'token_missing' | 'authorization_scheme_unsupported' | TokenErrorCode;

/** Why a request got 403 before any other check. */
export type EdgeReason = 'host_not_allowed' | 'origin_not_allowed';

/** Why a request got 400, 404 or 403 for its session, or for a missing one. */
export type SessionReason = 'session_missing' | 'session_unknown' | 'session_foreign';

/** Why a tool was not run: the equivalent of HTTP 403, in the tool's result, where the model can read it. */
export const TOOL_REFUSAL_REASONS = [
  'unauthenticated',
  'permission_missing',
  'bucket_name_invalid',
  'bucket_not_in_token',
  'bucket_not_reachable',
] as const;
export type ToolRefusalReason = (typeof TOOL_REFUSAL_REASONS)[number];

/** Why a tool that ran failed. */
export type ToolFailureReason =
  | 'argument_invalid'
  | 'object_not_found'
  | 'object_too_large'
  | 'object_not_text'
  | 'object_exists'
  | 'object_archived'
  | 'package_not_found'
  | 'package_invalid'
  | 'access_denied'
  | 'credentials_unavailable'
  | 'storage_unavailable'
  | 'cancelled'
  | 'internal_error';

/** Every reason code of the service: in an answer, a log line or a metric. */
export type Reason =
  | RequestReason
  | EdgeReason
  | AuthenticationReason
  | SessionReason
  | ToolRefusalReason
  | ToolFailureReason;

/**
 * A call that fails for a reason that its caller can act on. The message goes to the model, not to the log: it must contain no
 * credentials and nothing that the caller may not see.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly reason: ToolRefusalReason | ToolFailureReason;

  constructor(reason: ToolRefusalReason | ToolFailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
