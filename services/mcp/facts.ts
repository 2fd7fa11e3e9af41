/** What this task says of itself to any caller; each of these is in a header of every answer, or in the documentation. */
export type ServiceFacts = {
  /** Which task answers: the value of `X-Quilt-Task`. */
  readonly task: string;
  /** The keys that it accepts: those of `X-Quilt-Key-Ids`. */
  readonly keyIds: readonly string[];
  /** How far its clock and that of the catalog may differ. */
  readonly leewaySeconds: number;
  /** The deployed version. */
  readonly version: string;
};

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
