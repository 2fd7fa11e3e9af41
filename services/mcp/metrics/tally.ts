import { TOOL_REFUSAL_REASONS } from '../reasons.ts';
import { Distribution } from './distribution.ts';
import type { MetricGroup } from './emf.ts';
import * as names from './metric-names.ts';
import type { Metrics, ToolOutcome } from './metrics.ts';

const REFUSED: ReadonlySet<string> = new Set(TOOL_REFUSAL_REASONS);

class ToolTally {
  calls = 0;
  refused = 0;
  failed = 0;
  readonly duration = new Distribution();
}

type ReasonMetric = typeof names.REQUESTS_REFUSED | typeof names.TOOL_CALLS_REFUSED | typeof names.TOOL_CALLS_FAILED;

/** What happened since the last line was written. */
export class Tally implements Metrics {
  #cacheHits = 0;
  #verifications = 0;
  readonly #tools = new Map<string, ToolTally>();
  readonly #reasons: Readonly<Record<ReasonMetric, Map<string, number>>> = {
    [names.REQUESTS_REFUSED]: new Map(),
    [names.TOOL_CALLS_REFUSED]: new Map(),
    [names.TOOL_CALLS_FAILED]: new Map(),
  };

  accepted({ cacheHit }: { readonly cacheHit: boolean }): void {
    if (cacheHit) this.#cacheHits += 1;
    else this.#verifications += 1;
  }

  refused(reason: Parameters<Metrics['refused']>[0]): void {
    this.#countReason(names.REQUESTS_REFUSED, reason);
  }

  toolCalled(tool: string, outcome: ToolOutcome, milliseconds: number): void {
    const tally = this.#tallyOf(tool);
    tally.calls += 1;
    tally.duration.add(milliseconds);
    if (outcome === 'ok') return;
    if (REFUSED.has(outcome)) {
      tally.refused += 1;
      this.#countReason(names.TOOL_CALLS_REFUSED, outcome);
    } else {
      tally.failed += 1;
      this.#countReason(names.TOOL_CALLS_FAILED, outcome);
    }
  }

  /**
   * The lines to write: the first has every figure, zeros included, so that silence means that nobody counts. Each tool and
   * each reason that occurred has one of its own.
   *
   * @param deployment the name prefix
   */
  lines(deployment: string): readonly (readonly MetricGroup[])[] {
    const Deployment = deployment;
    const all = { dimensions: { Deployment }, counts: this.#totals() };
    const accepted = this.#cacheHits + this.#verifications;
    const bearer = { dimensions: { Deployment, Method: 'bearer' }, counts: { [names.REQUESTS_ACCEPTED]: accepted } };
    const tools = [...this.#tools].map(([Tool, tally]) => [
      { dimensions: { Deployment, Tool }, counts: countsOf([tally]), durations: durationsOf(tally) },
    ]);
    const reasons = Object.entries(this.#reasons).flatMap(([metric, counted]) =>
      [...counted].map(([Reason, count]) => [{ dimensions: { Deployment, Reason }, counts: { [metric]: count } }]),
    );
    return [[all, bearer], ...tools, ...reasons];
  }

  #totals(): MetricGroup['counts'] {
    return {
      [names.REQUESTS_ACCEPTED]: this.#cacheHits + this.#verifications,
      [names.TOKEN_CACHE_HITS]: this.#cacheHits,
      [names.TOKEN_VERIFICATIONS]: this.#verifications,
      [names.REQUESTS_REFUSED]: sum(this.#reasons[names.REQUESTS_REFUSED].values()),
      ...countsOf([...this.#tools.values()]),
      // No statement counts this up, since no path leads there: clients of AWS are made from a caller's credentials alone.
      [names.TASK_ROLE_FALLBACKS]: 0,
    };
  }

  #tallyOf(tool: string): ToolTally {
    const tally = this.#tools.get(tool) ?? new ToolTally();
    this.#tools.set(tool, tally);
    return tally;
  }

  #countReason(metric: ReasonMetric, reason: string): void {
    const counted = this.#reasons[metric];
    counted.set(reason, (counted.get(reason) ?? 0) + 1);
  }
}

function countsOf(tallies: readonly ToolTally[]): MetricGroup['counts'] {
  return {
    [names.TOOL_CALLS]: sum(tallies.map(({ calls }) => calls)),
    [names.TOOL_CALLS_REFUSED]: sum(tallies.map(({ refused }) => refused)),
    [names.TOOL_CALLS_FAILED]: sum(tallies.map(({ failed }) => failed)),
  };
}

function durationsOf({ duration: { value } }: ToolTally): MetricGroup['durations'] {
  return value === undefined ? {} : { [names.TOOL_DURATION]: value };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}
