import type { RevisionRecord, RevisionVerdict } from './revision.ts';

/** As much of a record as says where a rollback goes. */
export type Passed = Pick<RevisionRecord, 'number' | 'verdict'> & {
  readonly announcement?: { readonly rollbackTo?: number | undefined } | undefined;
};

/** A revision that a rollback without a number does not go back to, and why. JSON. */
export type Skipped = {
  readonly number: number;
  readonly because: Exclude<RevisionVerdict, 'good'> | 'rolled-away' | 'runs-now';
  /** With `rolled-away`: the rollback that went past it. */
  readonly by?: number;
};

/**
 * The way back from the revision that runs, for a rollback without a number. A rollback to revision N continues the history at N:
 * what was deployed in between was rolled away from, and nothing goes back to it unless it is asked for by its number.
 *
 * The command line and the deploy gate, which keeps what a rollback needs, walk it with the same rule.
 */
export class RollbackPath {
  /** Newest first. */
  readonly skipped: Skipped[] = [];
  /** Numbers of the rollbacks on the way: without their records what they went away from would look like any other revision. */
  readonly rollbacks: number[] = [];
  /** The last revision on the way, if it was a rollback: the history goes on at the one that it brought back. */
  #jump: { readonly by: number; readonly to: number } | undefined;
  /** Whether there were only rollbacks so far: what they brought back is what runs now. */
  #runsNow = true;

  /** @param current - the revision that runs now */
  constructor(current: Passed) {
    this.#pass(current);
  }

  /**
   * Looks at the next older revision.
   *
   * @returns whether it is the one to go back to; then there is no next one
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
