import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { requireFoundationValue } from '../foundation-values.ts';
import type { Target } from '../target.ts';
import { RevisionRecords } from './records.ts';
import type { TemplateStore } from './template.ts';

/** What the commands about revisions work with. */
export interface RevisionConnections {
  readonly config: EnvironmentConfig;
  readonly cloudformation: CloudFormationClient;
  readonly records: RevisionRecords;
  /** Where the templates are. */
  templates(): Promise<TemplateStore>;
}

/**
 * Connects to the revisions of an environment.
 *
 * @throws CommandError (3) when AWS refuses the caller, (4) when the environment is not deployed or AWS cannot be asked; so does
 *   `templates`
 */
export async function connectRevisions({ config, clientSettings }: Target): Promise<RevisionConnections> {
  const ssm = new SSMClient(clientSettings);
  const stateTable = await requireFoundationValue(ssm, config.namePrefix, 'state-table-name');
  return {
    config,
    cloudformation: new CloudFormationClient(clientSettings),
    records: new RevisionRecords(new DynamoDBClient(clientSettings), stateTable),
    async templates() {
      // Not every command needs it, and this client is slow to load.
      const { S3Client } = await import('@aws-sdk/client-s3');
      const bucket = await requireFoundationValue(ssm, config.namePrefix, 'revision-bucket-name');
      return { s3: new S3Client(clientSettings), bucket };
    },
  };
}
