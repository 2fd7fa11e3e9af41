/** What a session ID and this task know of a session. None of it grants anything. */
export type SessionFacts = {
  /** Seconds since the epoch. */
  readonly startedAt: number;
  readonly endsAt: number;
  /** The protocol revision that `initialize` settled. */
  readonly protocolVersion: string;
  /** Whom the session belongs to: settled by a token at `initialize`, or by the first one that this task saw. */
  readonly boundBy: 'initialize' | 'first token';
};
