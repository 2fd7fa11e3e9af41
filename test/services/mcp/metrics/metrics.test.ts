import * as names from '../../../../contract/metrics.ts';
import { createMetrics } from '../../../../services/mcp/metrics/metrics.ts';
import { createLogger, type LogLevel } from '../../../../services/shared/logger.ts';
import type { AnyJson } from '../../support/any-json.ts';
import { closeAfterEach } from '../../support/close-after-each.ts';
import { LogCapture } from '../../support/log-capture.ts';

const closeLater = closeAfterEach();
const TIME = Date.parse('2030-01-01T00:00:00Z');

function metricsAt(level: LogLevel = 'info') {
  const log = new LogCapture();
  const logger = createLogger({ service: 'mcp', version: '1.2.3', level, sink: log });
  const metrics = createMetrics(logger, { deployment: 'quilt-test', now: () => TIME });
  closeLater({ stop: async () => metrics.stop() });
  return { metrics, log };
}

type Datum = { readonly dimensions: Readonly<Record<string, string>>; readonly value: AnyJson; readonly unit: string };

/** Reads a line as CloudWatch does, by the specification, and finds fault with what CloudWatch would reject. */
function readLine(line: AnyJson): readonly (Datum & { readonly name: string })[] {
  expect(line._aws.Timestamp).toBe(TIME);
  return line._aws.CloudWatchMetrics.flatMap((directive: AnyJson) => {
    expect(directive.Namespace).toBe('Quilt/Mcp');
    expect(directive.Metrics.length).toBeLessThanOrEqual(100);
    return directive.Dimensions.flatMap((keys: readonly string[]) => {
      const dimensions = Object.fromEntries(keys.map((key) => [key, line[key]]));
      for (const value of Object.values(dimensions)) expect(value).toEqual(expect.any(String));
      return directive.Metrics.map(({ Name: name, Unit: unit }: AnyJson) => {
        const value = line[name];
        if (typeof value !== 'number') expect(value.Values).toHaveLength(value.Counts.length);
        return { dimensions, name, unit, value };
      });
    });
  });
}

/** The data points of a metric with exactly these dimensions beside the deployment. */
function pointsOf(
  log: LogCapture,
  metric: string,
  dimensions: Readonly<Record<string, string>> = {},
): readonly Datum[] {
  const wanted = JSON.stringify({ Deployment: 'quilt-test', ...dimensions });
  return log
    .ofEvent('metrics')
    .flatMap(readLine)
    .filter((point) => point.name === metric && JSON.stringify(point.dimensions) === wanted);
}
const sumOf = (log: LogCapture, metric: string, dimensions?: Readonly<Record<string, string>>): number =>
  pointsOf(log, metric, dimensions).reduce((sum, { value }) => sum + value, 0);

test('a minute without events is reported in zeros, the task role included', () => {
  const { metrics, log } = metricsAt();
  metrics.flush();
  expect(log.lines).toHaveLength(1);
  const all = [
    names.REQUESTS_ACCEPTED,
    names.REQUESTS_REFUSED,
    names.TOKEN_CACHE_HITS,
    names.TOKEN_VERIFICATIONS,
    names.TOOL_CALLS,
    names.TOOL_CALLS_REFUSED,
    names.TOOL_CALLS_FAILED,
    names.TASK_ROLE_FALLBACKS,
  ];
  for (const name of all) expect(pointsOf(log, name).map(({ value, unit }) => [value, unit])).toEqual([[0, 'Count']]);
});

test('accepted requests are counted, by method, and by whether their token was known (B07, B11, B20)', () => {
  const { metrics, log } = metricsAt();
  metrics.accepted({ cacheHit: false });
  metrics.accepted({ cacheHit: true });
  metrics.accepted({ cacheHit: true });
  metrics.flush();
  expect(sumOf(log, names.REQUESTS_ACCEPTED)).toBe(3);
  expect(sumOf(log, names.REQUESTS_ACCEPTED, { Method: 'bearer' })).toBe(3);
  expect([sumOf(log, names.TOKEN_CACHE_HITS), sumOf(log, names.TOKEN_VERIFICATIONS)]).toEqual([2, 1]);
});

test('refused requests are counted, by reason', () => {
  const { metrics, log } = metricsAt();
  for (const reason of ['token_expired', 'token_missing', 'token_expired', 'session_foreign'] as const) {
    metrics.refused(reason);
  }
  metrics.flush();
  expect(sumOf(log, names.REQUESTS_REFUSED)).toBe(4);
  expect(sumOf(log, names.REQUESTS_REFUSED, { Reason: 'token_expired' })).toBe(2);
  expect(sumOf(log, names.REQUESTS_REFUSED, { Reason: 'session_foreign' })).toBe(1);
});

test('calls of tools are counted by tool and outcome, and by reason', () => {
  const { metrics, log } = metricsAt();
  metrics.toolCalled('package_browse', 'ok', 10);
  metrics.toolCalled('package_browse', 'permission_missing', 1);
  metrics.toolCalled('package_browse', 'package_not_found', 20);
  metrics.toolCalled('discover_buckets', 'ok', 1);
  metrics.flush();
  const countsOf = (dimensions?: Readonly<Record<string, string>>) =>
    [names.TOOL_CALLS, names.TOOL_CALLS_REFUSED, names.TOOL_CALLS_FAILED].map((name) => sumOf(log, name, dimensions));
  expect(countsOf()).toEqual([4, 1, 1]);
  expect(countsOf({ Tool: 'package_browse' })).toEqual([3, 1, 1]);
  expect(countsOf({ Tool: 'discover_buckets' })).toEqual([1, 0, 0]);
  expect(sumOf(log, names.TOOL_CALLS_REFUSED, { Reason: 'permission_missing' })).toBe(1);
  expect(sumOf(log, names.TOOL_CALLS_FAILED, { Reason: 'package_not_found' })).toBe(1);
});

test('how long calls took is a distribution by tool', () => {
  const { metrics, log } = metricsAt();
  for (const milliseconds of [8, 8, 64]) metrics.toolCalled('package_browse', 'ok', milliseconds);
  metrics.flush();
  const [point] = pointsOf(log, names.TOOL_DURATION, { Tool: 'package_browse' });
  expect(point?.unit).toBe('Milliseconds');
  expect(point?.value).toEqual({ Values: [8, 64], Counts: [2, 1], Min: 8, Max: 64, Sum: 80, Count: 3 });
});

test('each figure is written once', () => {
  const { metrics, log } = metricsAt();
  metrics.accepted({ cacheHit: true });
  metrics.toolCalled('discover_buckets', 'ok', 1);
  metrics.flush();
  metrics.flush();
  expect(sumOf(log, names.REQUESTS_ACCEPTED)).toBe(1);
  expect(sumOf(log, names.TOOL_CALLS, { Tool: 'discover_buckets' })).toBe(1);
});

test.each([
  ['trace', 1],
  ['warn', 1],
  ['fatal', 1],
  ['silent', 0],
] as const)('at log level %s there are %i lines', (level, count) => {
  const { metrics, log } = metricsAt(level);
  metrics.flush();
  expect(log.ofEvent('metrics')).toHaveLength(count);
});

describe('the minute', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('is written when it is over, and what was counted in the last one at the end', () => {
    const { metrics, log } = metricsAt();
    metrics.accepted({ cacheHit: false });
    jest.advanceTimersByTime(59_999);
    expect(log.lines).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(sumOf(log, names.REQUESTS_ACCEPTED)).toBe(1);
    metrics.refused('token_missing');
    metrics.stop();
    expect(sumOf(log, names.REQUESTS_REFUSED)).toBe(1);
    const written = log.lines.length;
    jest.advanceTimersByTime(600_000);
    expect(log.lines).toHaveLength(written);
  });
});
