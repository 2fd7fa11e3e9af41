export type Era = 'modern' | 'legacy' | 'catalog';

/** A request that was not served as it should have been. */
export interface Refusal {
  readonly at: string;
  readonly era: Era;
  /** HTTP status; 0 when no answer came, 200 when the error was in the message. */
  readonly status: number;
  /** What the service or the network said, which holds nothing of a token. */
  readonly reason: string;
  /** Key ID of the token that was shown; none where a login token was. */
  readonly keyId?: string;
  /** Whole seconds that the token had still to live. */
  readonly secondsLeft?: number;
}

/** The use that was made of the tokens of one key. */
export interface KeyUse {
  readonly tokens: number;
  readonly requests: number;
  /** Requests with a token in its last five seconds. */
  readonly lastSeconds: number;
}

/** What the load was, and what became of it; nothing of a token is in it but its key ID. */
export interface LoadReport {
  /** Every HTTP request that was sent, also those that set up a client. */
  readonly requests: number;
  readonly byEra: Readonly<Record<Era, number>>;
  readonly byKey: Readonly<Record<string, KeyUse>>;
  readonly refusals: readonly Refusal[];
}

const LAST_SECONDS = 5;

/** Counts. */
export class Tally {
  private readonly byEra: Record<Era, number> = { modern: 0, legacy: 0, catalog: 0 };
  private readonly byKey = new Map<string, { tokens: number; requests: number; lastSeconds: number }>();
  private readonly refusals: Refusal[] = [];

  countToken(keyId: string): void {
    this.use(keyId).tokens += 1;
  }

  /** @param shown - the token that goes with the request */
  countRequest(era: Era, shown?: { readonly keyId: string; readonly secondsLeft: number }): void {
    this.byEra[era] += 1;
    if (shown === undefined) return;
    const use = this.use(shown.keyId);
    use.requests += 1;
    if (shown.secondsLeft <= LAST_SECONDS) use.lastSeconds += 1;
  }

  countRefusal(refusal: Omit<Refusal, 'at'>): void {
    this.refusals.push({ at: new Date().toISOString(), ...refusal });
  }

  /** How many requests were refused until now. */
  get refused(): number {
    return this.refusals.length;
  }

  report(): LoadReport {
    return {
      requests: Object.values(this.byEra).reduce((sum, count) => sum + count, 0),
      byEra: { ...this.byEra },
      byKey: Object.fromEntries([...this.byKey].map(([keyId, use]) => [keyId, { ...use }])),
      refusals: [...this.refusals],
    };
  }

  private use(keyId: string) {
    const known = this.byKey.get(keyId) ?? { tokens: 0, requests: 0, lastSeconds: 0 };
    this.byKey.set(keyId, known);
    return known;
  }
}
