import type { DistributionValue } from './distribution.ts';
import { MCP_NAMESPACE } from './metric-names.ts';

/** Figures that share their dimensions. */
export type MetricGroup = {
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
export function embeddedMetrics(timestamp: number, groups: readonly MetricGroup[]): Readonly<Record<string, unknown>> {
  const directives = groups.map(({ dimensions, counts, durations = {} }) => ({
    Namespace: MCP_NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [...namesOf(counts, 'Count'), ...namesOf(durations, 'Milliseconds')],
  }));
  const members = groups.map(({ dimensions, counts, durations }) => ({ ...dimensions, ...counts, ...durations }));
  return Object.assign({ _aws: { Timestamp: timestamp, CloudWatchMetrics: directives } }, ...members);
}

function namesOf(figures: object, unit: string): readonly { readonly Name: string; readonly Unit: string }[] {
  return Object.keys(figures).map((name) => ({ Name: name, Unit: unit }));
}
