import type { ToolFailureReason, ToolRefusalReason } from './reasons.ts';

/**
 * A call that is not, or cannot be, carried out, for a reason that its caller can act on. The message goes to the
 * model, not to the log: it holds nothing that the caller must not see, and no credentials.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly reason: ToolRefusalReason | ToolFailureReason;

  constructor(reason: ToolRefusalReason | ToolFailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
