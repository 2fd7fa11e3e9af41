import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AWS_CLIENT_OPTIONS } from '../../aws/client-options.ts';
import type { CanaryReport } from '../../contract/canary-report.ts';
import { log } from '../shared/log.ts';
import { isBeforeServices } from './before-services.ts';
import { parseRequest, runCanary } from './canary.ts';
import { readSettings } from './settings.ts';
import { keepReport } from './state-table.ts';

const clients = {
  ssm: new SSMClient(AWS_CLIENT_OPTIONS),
  ecs: new ECSClient(AWS_CLIENT_OPTIONS),
  dynamodb: new DynamoDBClient(AWS_CLIENT_OPTIONS),
  sfn: new SFNClient(AWS_CLIENT_OPTIONS),
};

/**
 * Entry point for a person, the schedule, the deploy gate and the rotation; each gets the same report.
 *
 * @param event - a `CanaryRequest`, all of it optional; anything else is treated as a direct invocation
 * @throws SettingsError when the function is misconfigured
 */
export async function handler(event?: unknown): Promise<CanaryReport> {
  const settings = readSettings(process.env);
  const request = parseRequest(event);
  const report = await runCanary(settings, { ...clients, ...request });
  const failed = report.checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict, reason }) => `${name}: ${verdict === 'tolerated' ? 'tolerated: ' : ''}${reason}`);
  const { verdict, trigger, durationMs, attempts } = report;
  const { stateTable } = settings;
  // A caller that just redeployed the services expects them to exist.
  const mayBeEarly = stateTable !== undefined && !request.settling;
  if (mayBeEarly && (await isBeforeServices(report, { ...settings, stateTable }, clients))) {
    log('info', 'no services to check yet', { trigger, durationMs, attempts, failed });
    return report;
  }
  log(verdict === 'green' ? 'info' : 'error', `canary ${verdict}`, { trigger, durationMs, attempts, failed });
  if (stateTable !== undefined) await keepReport(clients.dynamodb, stateTable, report);
  return report;
}
