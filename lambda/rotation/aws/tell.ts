import { log } from '../../shared/log.ts';
import type { Event } from '../ports.ts';

const NAMESPACE = 'Quilt/Trust';

/**
 * Writes one metric as a log line, which CloudWatch reads by itself (embedded metric format).
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function metric(deployment: string, name: string, value: number): void {
  const Metrics = [{ Name: name }];
  const directive = { Namespace: NAMESPACE, Dimensions: [['Deployment']], Metrics };
  const line = {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
    Deployment: deployment,
    [name]: value,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Logs what a step tells, and counts what an alarm watches. */
export function tell(deployment: string, event: Event): void {
  switch (event.kind) {
    case 'step': {
      const { phase, direction, execution } = event.record;
      log('info', event.message, { phase, direction, execution });
      return;
    }
    case 'repaired':
      log('error', event.message, { event: 'secret-repaired' });
      metric(deployment, 'SecretRepaired', 1);
      return;
    case 'stopped':
      log('error', event.message, { event: 'rotation-stopped' });
      metric(deployment, 'RotationStopped', 1);
      return;
    case 'age':
      metric(deployment, 'SecretAgeDays', event.days);
  }
}
