import { log } from '../../shared/log.ts';
import { errorName, stackFrames } from '../../shared/safe-error.ts';
import { CheckFailure } from '../fault.ts';
import type { CheckName, CheckResult } from '../report.ts';

/** A check that was run: what later checks need of it, if it passed. */
export type Step<T> = { readonly name: CheckName; readonly passed: { readonly value: T } | undefined };

type ValuesOf<Needs extends readonly Step<unknown>[]> = {
  readonly [I in keyof Needs]: Needs[I] extends Step<infer T> ? T : never;
};

function reasonOf(name: CheckName, error: unknown): string {
  if (error instanceof CheckFailure) return error.message;
  log('error', 'unexpected error', { check: name, error: errorName(error), stack: stackFrames(error) });
  return `unexpected: ${errorName(error)}; the function's log group has the place where it happened.`;
}

/** Runs checks one after the other and keeps their results. */
export class CheckRecorder {
  readonly #results: CheckResult[] = [];
  readonly #deadline: AbortSignal;

  /** @param deadline - fires when the time for all checks is over; those that did not start are skipped then */
  constructor(deadline: AbortSignal) {
    this.#deadline = deadline;
  }

  get results(): readonly CheckResult[] {
    return this.#results;
  }

  /**
   * Runs one check. It gets the values of the checks that it needs, and is skipped when one of them did not pass; it passes by
   * resolving, and fails by throwing a `CheckFailure` with the reason.
   */
  async run<T, const Needs extends readonly Step<unknown>[]>(
    name: CheckName,
    needs: Needs,
    check: (...values: ValuesOf<Needs>) => Promise<T>,
  ): Promise<Step<T>> {
    const missing = needs.filter((step) => step.passed === undefined).map((step) => step.name);
    if (missing.length > 0) return this.#skip(name, `needs ${missing.join(', ')}, which did not pass`);
    if (this.#deadline.aborted) return this.#skip(name, 'the time for all checks was over');

    const start = performance.now();
    const durationMs = () => Math.round(performance.now() - start);
    try {
      const values = needs.map((step) => step.passed?.value) as unknown as ValuesOf<Needs>;
      const value = await check(...values);
      this.#results.push({ name, verdict: 'pass', durationMs: durationMs() });
      return { name, passed: { value } };
    } catch (error) {
      this.#results.push({ name, verdict: 'fail', durationMs: durationMs(), reason: reasonOf(name, error) });
      return { name, passed: undefined };
    }
  }

  #skip(name: CheckName, reason: string): Step<never> {
    this.#results.push({ name, verdict: 'skipped', durationMs: 0, reason });
    return { name, passed: undefined };
  }
}
