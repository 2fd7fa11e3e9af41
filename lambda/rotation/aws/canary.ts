import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { parseJsonObject } from '../../../auth/encoding.ts';
import type { CanaryReport } from '../../../contract/canary-report.ts';
import { awsCall } from './call.ts';

type Report = Partial<Pick<CanaryReport, 'verdict' | 'checks'>>;

function reportOf(payload: Uint8Array | undefined): Report {
  const report = parseJsonObject(Buffer.from(payload ?? []).toString('utf8'));
  return Array.isArray(report?.checks) ? (report as Report) : {};
}

/**
 * Has the canary check the deployment as it is now.
 *
 * @returns what speaks against it, for people; empty when it is green. A canary that gives no report proves nothing.
 */
export async function runCanary(
  client: LambdaClient,
  functionName: string,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const command = new InvokeCommand({
    FunctionName: functionName,
    Payload: JSON.stringify({ trigger: 'rotation', settling: true }),
  });
  const { FunctionError, Payload } = await awsCall('lambda:InvokeFunction', client.send(command, { abortSignal }));
  const { verdict, checks = [] } = FunctionError === undefined ? reportOf(Payload) : {};
  if (verdict === 'green') return [];
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ name, reason }) => `${name}: ${reason}`);
  return failed.length > 0 ? failed : ['The canary gave no report; its log says why.'];
}
