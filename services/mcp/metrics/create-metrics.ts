import type { Logger } from '../../shared/logger.ts';
import { embeddedMetrics } from './emf.ts';
import type { Metrics } from './metrics.ts';
import { Tally } from './tally.ts';

/** The resolution that CloudWatch keeps. */
const DEFAULT_INTERVAL_MS = 60_000;

/** Metrics that are written out. */
export type RunningMetrics = Metrics & {
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
