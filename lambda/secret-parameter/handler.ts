import { SSMClient } from '@aws-sdk/client-ssm';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { AWS_CLIENT_OPTIONS } from '../../aws/client-options.ts';
import { putResponse } from '../shared/cloudformation-response.ts';

import { respondTo } from './lifecycle.ts';
import { ssmParameters } from './ssm-parameters.ts';

const store = ssmParameters(new SSMClient(AWS_CLIENT_OPTIONS));

/** Entry point of the custom resource: one event, one response; neither is logged. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  await putResponse(event.ResponseURL, await respondTo(event, store));
}
