import * as names from '../../../contract/metrics.ts';
import type { Logger } from '../../shared/logger.ts';
import {
  type AuthenticationReason,
  type EdgeReason,
  type RequestReason,
  type SessionReason,
  TOOL_REFUSAL_REASONS,
  type ToolFailureReason,
  type ToolRefusalReason,
} from '../reasons.ts';
import { Distribution, type DistributionValue } from './distribution.ts';

/** How the call of a tool went. */
type ToolOutcome = 'ok' | ToolRefusalReason | ToolFailureReason;

/** What the service counts. A call costs next to nothing: figures are summed up here and written out once in a while. */
export interface Metrics {
  /** A token was accepted. */
  accepted(how: { readonly cacheHit: boolean }): void;
  /** A request was turned away, before a tool or the protocol saw it. */
  refused(reason: RequestReason | EdgeReason | AuthenticationReason | SessionReason): void;
  /**
   * A tool was called.
   *
   * @param tool one of the service: a dimension, so never a name that a caller made up
   * @param outcome how that went
   */
  toolCalled(tool: string, outcome: ToolOutcome, milliseconds: number): void;
}

/** The resolution that CloudWatch keeps. */
const DEFAULT_INTERVAL_MS = 60_000;

/** Metrics that are written out. */
type RunningMetrics = Metrics & {
  /** Writes what was counted since the last time. */
  flush(): void;
  /** Writes for the last time; later figures are lost. */
  stop(): void;
};

/**
 * Counts, and writes once a minute what was counted, as log lines that CloudWatch makes metrics of. A metric is no message to
 * people: it is written at every log level but `silent`.
 *
 * @param options `deployment`: the name prefix, the dimension of all metrics; `intervalMs` between lines; `now` in
 *   milliseconds, for tests
 */
export function createMetrics(
  logger: Logger,
  options: { readonly deployment: string; readonly intervalMs?: number; readonly now?: () => number },
): RunningMetrics {
  const { deployment, intervalMs = DEFAULT_INTERVAL_MS, now = Date.now } = options;
  const writer = logger.level === 'silent' ? logger : logger.child({}, { level: 'info' });
  let tally = new Tally();

  const flush = (): void => {
    const counted = tally;
    tally = new Tally();
    const timestamp = now();
    for (const groups of counted.lines(deployment)) {
      writer.info({ event: 'metrics', ...embeddedMetrics(timestamp, groups) }, 'figures since the last such line');
    }
  };
  const timer = setInterval(flush, intervalMs).unref();

  return {
    accepted: (how) => tally.accepted(how),
    refused: (reason) => tally.refused(reason),
    toolCalled: (tool, outcome, milliseconds) => tally.toolCalled(tool, outcome, milliseconds),
    flush,
    stop() {
      clearInterval(timer);
      flush();
    },
  };
}

const REFUSED: ReadonlySet<string> = new Set(TOOL_REFUSAL_REASONS);

class ToolTally {
  calls = 0;
  refused = 0;
  failed = 0;
  readonly duration = new Distribution();
}

type ReasonMetric = typeof names.REQUESTS_REFUSED | typeof names.TOOL_CALLS_REFUSED | typeof names.TOOL_CALLS_FAILED;

/** What happened since the last line was written. */
class Tally implements Metrics {
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

/** Figures that share their dimensions. */
type MetricGroup = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  /** In milliseconds. */
  readonly durations?: Readonly<Record<string, DistributionValue>>;
};

/**
 * Figures in the embedded metric format: CloudWatch makes metrics of a log line that holds them at its root. A dimension has one
 * value in a line, so that groups which differ in the value of one need a line each; at most 100 metrics to a line.
 *
 * A distribution is an object of values with their counts, as the libraries of AWS write it: an array, which the specification
 * describes, would need an element for each call, and may have 100.
 *
 * @param timestamp in milliseconds since the epoch
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @see https://github.com/awslabs/aws-embedded-metrics-java (`Histogram`)
 */
function embeddedMetrics(timestamp: number, groups: readonly MetricGroup[]): Readonly<Record<string, unknown>> {
  const directives = groups.map(({ dimensions, counts, durations = {} }) => ({
    Namespace: names.MCP_NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [...namesOf(counts, 'Count'), ...namesOf(durations, 'Milliseconds')],
  }));
  const members = groups.map(({ dimensions, counts, durations }) => ({ ...dimensions, ...counts, ...durations }));
  return Object.assign({ _aws: { Timestamp: timestamp, CloudWatchMetrics: directives } }, ...members);
}

function namesOf(figures: object, unit: string): readonly { readonly Name: string; readonly Unit: string }[] {
  return Object.keys(figures).map((name) => ({ Name: name, Unit: unit }));
}
