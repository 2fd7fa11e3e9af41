import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { AWS_CLIENT_OPTIONS } from '../../aws/client-options.ts';
import { putResponse } from '../shared/cloudformation-response.ts';
import { respondTo } from './lifecycle.ts';
import { readSettings } from './settings.ts';

/** The function timeout of the canary. */
const CANARY_MS = 95_000;

const clients = {
  dynamodb: new DynamoDBClient(AWS_CLIENT_OPTIONS),
  cloudformation: new CloudFormationClient(AWS_CLIENT_OPTIONS),
  ssm: new SSMClient(AWS_CLIENT_OPTIONS),
  sfn: new SFNClient(AWS_CLIENT_OPTIONS),
  s3: new S3Client(AWS_CLIENT_OPTIONS),
  lambda: new LambdaClient({
    ...AWS_CLIENT_OPTIONS,
    requestHandler: { ...AWS_CLIENT_OPTIONS.requestHandler, requestTimeout: CANARY_MS },
  }),
};

/** Entry point of both custom resources: one event, one response; neither is logged. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const response = await respondTo(event, (abortSignal) => ({
    ...clients,
    // Read on demand: a rollback succeeds without them.
    get settings() {
      return readSettings(process.env);
    },
    abortSignal,
  }));
  await putResponse(event.ResponseURL, response);
}
