import type { RevisionRecord, RevisionVerdict } from './revision.ts';

/** The fields of a record that decide where a rollback goes. */
export type Passed = Pick<RevisionRecord, 'number' | 'verdict'> & {
  readonly announcement?: { readonly rollbackTo?: number | undefined } | undefined;
};

/** A revision that a rollback without a number skips, and why. JSON. */
export type Skipped = {
  readonly number: number;
  readonly because: Exclude<RevisionVerdict, 'good'> | 'rolled-away' | 'runs-now';
  /** With `rolled-away`: the rollback that skipped it. */
  readonly by?: number;
};

/**
 * The way back from the running revision, for a rollback without a number. A rollback to revision N continues the history at N: the
 * deploys in between are skipped, and only a rollback by number restores them.
 *
 * The command line and the deploy gate (which keeps what a rollback needs) use the same rule.
 */
export class RollbackPath {
  /** Newest first. */
  readonly skipped: Skipped[] = [];
  /** Numbers of the rollbacks on the way: without their records, the deploys that they skipped would look like any other. */
  readonly rollbacks: number[] = [];
  /** The last revision on the way, if it was a rollback: the history continues at the one that it restored. */
  #jump: { readonly by: number; readonly to: number } | undefined;
  /** Whether there were only rollbacks so far: the revision that they restored is the running one. */
  #runsNow = true;

  /** @param current - the running revision */
  constructor(current: Passed) {
    this.#pass(current);
  }

  /**
   * Considers the next older revision.
   *
   * @returns whether it is the one to restore; then there is no next one
   */
  leadsTo(revision: Passed): boolean {
    const { number, verdict } = revision;
    if (verdict === 'failed' || verdict === 'open') return this.#skip({ number, because: verdict });
    if (this.#jump !== undefined && number > this.#jump.to) {
      return this.#skip({ number, because: 'rolled-away', by: this.#jump.by });
    }
    this.#runsNow &&= number === this.#jump?.to;
    if (verdict === 'good' && !this.#runsNow) return true;
    this.#pass(revision);
    return this.#skip({ number, because: this.#runsNow ? 'runs-now' : 'unverified' });
  }

  #pass({ number, announcement }: Passed): void {
    const to = announcement?.rollbackTo;
    this.#jump = to === undefined ? undefined : { by: number, to };
    if (to !== undefined) this.rollbacks.push(number);
  }

  #skip(skipped: Skipped): false {
    this.skipped.push(skipped);
    return false;
  }
}
