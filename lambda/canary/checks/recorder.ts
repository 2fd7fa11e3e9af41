import { CHECK_NAMES, type CheckName, type CheckResult } from '../../../contract/canary-report.ts';
import { errorName, stackFrames } from '../../../contract/safe-error.ts';
import { RequestFailure } from '../../shared/fault.ts';
import { log } from '../../shared/log.ts';
import { CheckFailure, checkFailureOf, type ReasonName } from '../fault.ts';

/** A completed check: its value for later checks, if it passed, or the name of its failure, if it ran and failed. */
export type Step<T> = {
  readonly name: CheckName;
  readonly passed: { readonly value: T } | undefined;
  readonly failed?: ReasonName;
};

/** A completed or running check; it never rejects. */
type Need<T> = Step<T> | Promise<Step<T>>;

type ValuesOf<Needs extends readonly Need<unknown>[]> = {
  readonly [I in keyof Needs]: Awaited<Needs[I]> extends Step<infer T> ? T : never;
};

/** Enough to be quick, too few to be a load. */
const CHECKS_AT_ONCE = 4;

function failureOf(name: CheckName, error: unknown): CheckFailure {
  if (error instanceof CheckFailure) return error;
  if (error instanceof RequestFailure) return checkFailureOf(error);
  log('error', 'unexpected error', { check: name, error: errorName(error), stack: stackFrames(error) });
  return new CheckFailure('unexpected', `${errorName(error)}; see the log group of the function.`);
}

/** Runs checks, a few at a time, and keeps their results. */
export class CheckRecorder {
  readonly #results = new Map<CheckName, CheckResult>();
  readonly #limit = createLimit(CHECKS_AT_ONCE);
  readonly #deadline: AbortSignal;
  readonly #tolerated: ReadonlySet<CheckName>;
  #settles = true;

  /**
   * @param deadline - aborts when the time for all checks is over; checks that have not started are then skipped
   * @param tolerated - checks that need not pass
   */
  constructor(deadline: AbortSignal, tolerated: readonly CheckName[] = []) {
    this.#deadline = deadline;
    this.#tolerated = new Set(tolerated);
  }

  /** The results so far, in the order of the report. */
  get results(): readonly CheckResult[] {
    return CHECK_NAMES.flatMap((name) => this.#results.get(name) ?? []);
  }

  /** Whether every failure that is not tolerated may be temporary, in a settling deployment. */
  get settles(): boolean {
    return this.#settles;
  }

  /**
   * Runs one check as soon as those that it needs have ended. It gets their values, and is skipped when one of them did not
   * pass; it passes by resolving, and fails by throwing a `CheckFailure` or `RequestFailure` with the reason.
   *
   * @param warningOf - what a person should change although the check passed
   */
  async run<T, const Needs extends readonly Need<unknown>[]>(
    name: CheckName,
    needs: Needs,
    check: (...values: ValuesOf<Needs>) => Promise<T>,
    warningOf: (value: T) => string | undefined = () => undefined,
  ): Promise<Step<T>> {
    const steps = await Promise.all(needs);
    const missing = steps.filter((step) => step.passed === undefined).map((step) => step.name);
    if (missing.length > 0) return this.#skip(name, `needs ${missing.join(', ')}, which did not pass`);
    return this.#limit(async () => {
      if (this.#deadline.aborted) return this.#skip(name, 'the time for all checks was over');
      const start = performance.now();
      const durationMs = () => Math.round(performance.now() - start);
      try {
        const value = await check(...(steps.map((step) => step.passed?.value) as unknown as ValuesOf<Needs>));
        const reason = warningOf(value);
        this.#results.set(name, { name, verdict: 'pass', durationMs: durationMs(), ...(reason && { reason }) });
        return { name, passed: { value } };
      } catch (error) {
        const { reason, settles, message } = failureOf(name, error);
        if (!this.#tolerated.has(name)) this.#settles &&= settles;
        return { ...this.#without(name, 'fail', durationMs(), message), failed: reason };
      }
    });
  }

  #skip(name: CheckName, reason: string): Step<never> {
    return this.#without(name, 'skipped', 0, reason);
  }

  #without(name: CheckName, verdict: 'fail' | 'skipped', durationMs: number, reason: string): Step<never> {
    const isTolerated = this.#tolerated.has(name);
    this.#results.set(name, { name, verdict: isTolerated ? 'tolerated' : verdict, durationMs, reason });
    return { name, passed: undefined };
  }
}

/** Limits concurrent jobs; the others wait in the order of their arrival. */
type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** @param atOnce - maximum number of concurrent jobs */
export function createLimit(atOnce: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < atOnce) running += 1;
    // A completed job hands its place to the next, so the count stays.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
