import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { type RollbackReport, rollback } from '../../../../cli/change/rollback.ts';
import type { RollbackRequest } from '../../../../cli/change/rollback-plan.ts';
import { SILENT } from '../../../../cli/terminal.ts';
import { loadEnvironment } from '../../../../config/load.ts';
import type { FakeAccount } from '../../revisions/support/fake-account.ts';

/** How a rollback ended, with the lines that it showed. */
export type RolledBack = RollbackReport & { readonly lines: readonly string[] };

/**
 * Rolls back in a fake account, without a pause between two looks.
 *
 * @param interrupted - Ctrl-C
 */
export async function rollBack(
  { endpoint }: FakeAccount,
  request: Partial<RollbackRequest> = {},
  interrupted: AbortSignal = new AbortController().signal,
): Promise<RolledBack> {
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'not-a-credential' };
  const settings = { endpoint, region: 'us-east-1', maxAttempts: 1, credentials };
  const lines: string[] = [];
  const screen = { ...SILENT, line: (text: string) => lines.push(text) };
  const report = await rollback({ number: undefined, dryRun: false, allowReplacement: false, ...request }, screen, {
    clients: {
      cloudformation: new CloudFormationClient(settings),
      dynamodb: new DynamoDBClient(settings),
      ecrOf: (region) => new ECRClient({ ...settings, region }),
      s3: new S3Client(settings),
      sfn: new SFNClient(settings),
      ssm: new SSMClient(settings),
      sts: new STSClient(settings),
    },
    config: loadEnvironment('production'),
    interrupted,
    pause: async () => undefined,
    now: () => Date.parse('2026-01-09T00:00:00Z'),
  });
  return { ...report, lines };
}
