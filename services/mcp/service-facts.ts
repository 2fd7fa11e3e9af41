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
