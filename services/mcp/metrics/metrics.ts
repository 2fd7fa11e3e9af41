import type {
  AuthenticationReason,
  EdgeReason,
  RequestReason,
  SessionReason,
  ToolFailureReason,
  ToolRefusalReason,
} from '../reasons.ts';

/** How the call of a tool went. */
export type ToolOutcome = 'ok' | ToolRefusalReason | ToolFailureReason;

/** What the service counts. A call costs next to nothing: figures are summed up here and written out once in a while. */
export interface Metrics {
  /** A token was accepted. */
  accepted(how: { readonly cacheHit: boolean }): void;
  /** A request was turned away, before a tool or the protocol saw it. */
  refused(reason: RequestReason | EdgeReason | AuthenticationReason | SessionReason): void;
  /**
   * A tool was called.
   *
   * @param tool one of the service: a dimension, so never a name that a caller made up
   * @param outcome how that went
   */
  toolCalled(tool: string, outcome: ToolOutcome, milliseconds: number): void;
}
