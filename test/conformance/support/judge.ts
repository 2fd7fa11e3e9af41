import type { Check } from './run-suite.ts';

export type Judgement = {
  readonly scenarios: { readonly run: number; readonly failing: number };
  /** Checks that failed and are not listed, each with what the suite says. */
  readonly unexpected: readonly string[];
  /** Listed, and not failing any more. */
  readonly stale: readonly string[];
};

/**
 * Compares what failed with what is listed. Stricter than the suite, whose verdict leaves out what is not scored: it runs too,
 * and what passes has to go on passing.
 */
export function judge(checks: readonly Check[], expected: readonly string[]): Judgement {
  const failing = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  const covers = (entry: string, { scenario, id }: Check) => entry === scenario || entry === `${scenario}:${id}`;
  const scenariosOf = (some: readonly Check[]) => new Set(some.map(({ scenario }) => scenario)).size;
  return {
    scenarios: { run: scenariosOf(checks), failing: scenariosOf(failing) },
    unexpected: failing
      .filter((check) => !expected.some((entry) => covers(entry, check)))
      .map(({ scenario, id, errorMessage = '' }) => `${scenario}:${id} ${errorMessage}`.trimEnd()),
    stale: expected.filter((entry) => !failing.some((check) => covers(entry, check))),
  };
}
