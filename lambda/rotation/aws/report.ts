import { SECRET_AGE_DAYS, SECRET_REPAIRED, TRUST_NAMESPACE } from '../../../contract/metrics.ts';
import { log } from '../../shared/log.ts';
import type { Event } from '../ports.ts';

/**
 * Writes one metric as a log line in the embedded metric format, which CloudWatch extracts.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function metric(deployment: string, name: string, value: number): void {
  const Metrics = [{ Name: name }];
  const directive = { Namespace: TRUST_NAMESPACE, Dimensions: [['Deployment']], Metrics };
  const line = {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
    Deployment: deployment,
    [name]: value,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Logs the events of a step and writes the metrics for the alarms. */
export function report(deployment: string, event: Event): void {
  switch (event.kind) {
    case 'step': {
      const { phase, direction, execution } = event.record;
      log('info', event.message, { phase, direction, execution });
      return;
    }
    case 'repaired':
      log('error', event.message, { event: 'secret-repaired' });
      metric(deployment, SECRET_REPAIRED, 1);
      return;
    case 'stopped':
      // The failed execution raises the alarm.
      log('error', event.message, { event: 'rotation-stopped' });
      return;
    case 'age':
      metric(deployment, SECRET_AGE_DAYS, event.days);
  }
}
