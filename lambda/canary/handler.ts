import { ECSClient } from '@aws-sdk/client-ecs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AWS_CLIENT_OPTIONS } from '../shared/aws-client-options.ts';
import { log } from '../shared/log.ts';
import { runCanary } from './canary.ts';
import type { CanaryReport } from './report.ts';
import { readSettings } from './settings.ts';

const clients = { ssm: new SSMClient(AWS_CLIENT_OPTIONS), ecs: new ECSClient(AWS_CLIENT_OPTIONS) };

/**
 * Entry for a direct invocation: whatever the event is, answers a report.
 *
 * @throws SettingsError when the function is not configured as it has to be
 */
export async function handler(): Promise<CanaryReport> {
  const report = await runCanary(readSettings(process.env), clients);
  const failed = report.checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, reason }) => `${name}: ${reason}`);
  log(failed.length === 0 ? 'info' : 'error', `canary ${report.verdict}`, { durationMs: report.durationMs, failed });
  return report;
}
