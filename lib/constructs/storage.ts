import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { PREPARED_TEMPLATES } from '../names.ts';

const DELETED_TEMPLATES_KEPT = Duration.days(30);

interface StateStoreProps {
  readonly config: EnvironmentConfig;
  readonly accessLogs: IBucket;
}

/**
 * The state of a deployment: lock, rotation, revisions and the canary's reports in a table, and the template of every revision in a
 * bucket. No secrets.
 */
export class StateStore extends Construct {
  readonly tableName: string;
  readonly bucketName: string;

  constructor(scope: Construct, id: string, { config, accessLogs }: StateStoreProps) {
    super(scope, id);
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.terminationProtection,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.tableName = table.tableName;
    const revisions = new Bucket(this, 'Revisions', {
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'revisions/',
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(7) },
        // Pruned and deleted templates can be restored for a month.
        { noncurrentVersionExpiration: DELETED_TEMPLATES_KEPT, expiredObjectDeleteMarker: true },
        // Templates that a rollback prepared for CloudFormation, which has read them by then.
        { prefix: PREPARED_TEMPLATES, expiration: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucketName = revisions.bucketName;
  }
}

/**
 * The bucket for access logs of the load balancer and of other buckets.
 *
 * @param retentionDays - logs are deleted after these days
 */
export function accessLogBucket(scope: Construct, id: string, retentionDays: number): IBucket {
  const bucket = new Bucket(scope, id, {
    // The load balancer writes only to buckets with S3-managed encryption.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [
      { expiration: Duration.days(retentionDays), abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'This bucket takes the access logs; logging its own access into itself would never end.',
  });
  // CDK's types do not support exactOptionalPropertyTypes: for the compiler, a Bucket is not an IBucket.
  return bucket as IBucket;
}
