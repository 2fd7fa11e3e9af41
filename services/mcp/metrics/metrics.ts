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

/** The outcome of a tool call. */
type ToolOutcome = 'ok' | ToolRefusalReason | ToolFailureReason;

/** The counters of the service. Recording costs almost nothing: values are aggregated here and written periodically. */
export interface Metrics {
  /** A token was accepted. */
  accepted(how: { readonly cacheHit: boolean }): void;
  /** A request was refused before it reached a tool or the protocol. */
  refused(reason: RequestReason | EdgeReason | AuthenticationReason | SessionReason): void;
  /**
   * A tool was called.
   *
   * @param tool a tool of the service: it becomes a dimension, so never pass a name from a caller
   * @param outcome of the call
   */
  toolCalled(tool: string, outcome: ToolOutcome, milliseconds: number): void;
}

/** The resolution that CloudWatch keeps. */
const DEFAULT_INTERVAL_MS = 60_000;

/** Metrics that are written periodically. */
type RunningMetrics = Metrics & {
  /** Writes what was counted since the last write. */
  flush(): void;
  /** Writes for the last time; later values are lost. */
  stop(): void;
};

/**
 * Counts events and writes the counts once a minute as log lines from which CloudWatch creates metrics. Metrics are written at every
 * log level except `silent`.
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
   * The lines to write. The first has every metric, zeros included, so that missing data means a missing service. Each tool and
   * each reason that occurred has a line.
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
      // Always zero: AWS clients are created only from a caller's credentials, so no code path increments it.
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

/** Values that share their dimensions. */
type MetricGroup = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  /** In milliseconds. */
  readonly durations?: Readonly<Record<string, DistributionValue>>;
};

/**
 * Formats values in the embedded metric format: CloudWatch creates metrics from a log line that has them at its root. A dimension
 * has one value per line, so groups with different dimension values need a line each, with at most 100 metrics.
 *
 * A distribution is an object of values and counts, as AWS's own libraries write it. The array that the specification describes
 * would need an element for each call, and is limited to 100.
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
