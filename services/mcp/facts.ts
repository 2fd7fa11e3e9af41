/** Facts about this task that any caller may see; each is also in a response header or in the documentation. */
export type ServiceFacts = {
  /** The task that answers: the value of `X-Quilt-Task`. */
  readonly task: string;
  /** The accepted keys: the value of `X-Quilt-Key-Ids`. */
  readonly keyIds: readonly string[];
  /** Allowed difference between its clock and the catalog's. */
  readonly leewaySeconds: number;
  /** The deployed version. */
  readonly version: string;
};

/** What a session ID and this task know about a session. It grants nothing. */
export type SessionFacts = {
  /** Seconds since the epoch. */
  readonly startedAt: number;
  readonly endsAt: number;
  /** The protocol revision negotiated by `initialize`. */
  readonly protocolVersion: string;
  /** What bound the session to its owner: a token at `initialize`, or the first token that this task saw. */
  readonly boundBy: 'initialize' | 'first token';
};
